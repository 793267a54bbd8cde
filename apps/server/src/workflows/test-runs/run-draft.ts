/**
 * Starts a test run: a real instance of a snapshot of the draft, with its pins, its timers skipped or not, and, if asked for, in the middle and
 * with another run's data. Nothing of it is published, and the draft may have problems that only publishing minds.
 */
import type { TestRun } from '@perdure/engine';
import { expressionAnalyser } from '@perdure/expressions';
import { snapshotDraft } from '@perdure/database/write';
import {
  compile,
  type Json,
  type NodeId,
  type Pin,
  pinRefusal,
  pinsOf,
  type Plan,
  type Problem,
  type WorkflowDocument,
} from '@perdure/graph';
import { RequestError } from '../../errors/request-error.ts';
import type { Installation } from '../../installation.ts';
import { readPastRun } from '../../instances/past-run.ts';
import { startInstance } from '../../instances/start-instance.ts';
import { unknownInstance } from '../../instances/unknown-instance.ts';
import { unknownWorkflow } from '../unknown-workflow.ts';
import { actorOf, type Identity } from '../../auth/identity.ts';
import { demandSubWorkflows } from '../demand-sub-workflows.ts';

export interface DraftRun {
  key: string;
  draftRevision: number;
  /** Default: that of the run whose data it takes up, else an empty object. */
  input?: Json | undefined;
  pins: boolean;
  fastForward: boolean;
  from?: RunFrom | undefined;
  identity: Identity;
}

export interface RunFrom {
  node: NodeId;
  only: boolean;
  /** The instance whose data it takes up. */
  run?: string | undefined;
  /** In the place of what that run had. */
  outputs?: Record<string, Json> | undefined;
  vars?: Record<string, Json> | undefined;
}

export type DraftRunResult =
  | { ok: true; id: string }
  | { ok: false; code: 'draft.conflict'; problems: [] }
  | { ok: false; code: 'draft.problems'; problems: Problem[] };

export async function runDraft(installation: Installation, run: DraftRun): Promise<DraftRunResult> {
  const taken = await takeSnapshot(installation, run);
  if (!taken.ok) return taken;
  const { version, document, plan } = taken;
  const past = run.from && (await beginningOf(installation, run.key, plan, document, run.from));
  const test: TestRun = {
    pins: run.pins ? pinsFor(document, run.from) : {},
    fastForward: run.fastForward,
    ...(past && { from: past.from }),
  };
  const { id } = await startInstance(installation, {
    workflowKey: run.key,
    version,
    input: run.input ?? past?.input ?? {},
    startedBy: actorOf(run.identity),
    test,
  });
  return { ok: true, id };
}

export type TakenSnapshot = { ok: true; version: number; document: WorkflowDocument; plan: Plan } | Extract<DraftRunResult, { ok: false }>;

/** The draft as it is at this revision, if it can be run at all. */
export async function takeSnapshot(
  installation: Installation,
  { key, draftRevision, identity }: { key: string; draftRevision: number; identity: Identity },
): Promise<TakenSnapshot> {
  const snapshot = await snapshotDraft(installation.database.prisma, { key, draftRevision, actor: actorOf(identity) });
  if (!snapshot.ok && snapshot.code === 'workflow.unknown') throw unknownWorkflow(key);
  if (!snapshot.ok) return { ok: false, code: 'draft.conflict', problems: [] };
  await demandSubWorkflows(installation, identity, snapshot.document);
  const compiled = compile(snapshot.document, { analyser: expressionAnalyser });
  if (!compiled.ok) return { ok: false, code: 'draft.problems', problems: compiled.problems };
  return { ok: true, version: snapshot.version, document: snapshot.document, plan: compiled.plan };
}

/** Whoever runs one step wants to see it run: its own pin stays out. */
function pinsFor(document: WorkflowDocument, from: RunFrom | undefined): Record<NodeId, Pin> {
  const pins = pinsOf(document);
  if (from?.only) delete pins[from.node];
  return pins;
}

async function beginningOf(
  installation: Installation,
  key: string,
  plan: Plan,
  document: WorkflowDocument,
  from: RunFrom,
): Promise<{ from: NonNullable<TestRun['from']>; input: Json | undefined }> {
  const { node: id, only } = from;
  const node = plan.nodes.get(id);
  if (!node)
    throw new RequestError('input.invalid', `The draft has no step "${id}".`, {
      details: [{ field: 'from.node', message: 'No such step.' }],
    });
  if (node.parent !== null) {
    const around = document.nodes.find((one) => one.id === node.parent);
    const message = `"${node.title}" is inside "${around?.title ?? node.parent}". Start at that one.`;
    throw new RequestError('input.invalid', message, { details: [{ field: 'from.node', message }] });
  }
  if (only && node.kind === 'start') throw new RequestError('input.invalid', 'The start does nothing by itself. Run the draft.');
  const past = from.run === undefined ? undefined : await readPastRun(installation, from.run, id);
  if (from.run !== undefined && past?.workflowKey !== key) throw unknownInstance(from.run);
  const outputs: Record<string, Json> = { ...past?.outputs, ...from.outputs };
  // Pinned steps give what is pinned to them, whether they run or not.
  for (const [pinned, { output, port }] of Object.entries<Pin>(pinsOf(document))) {
    if (!Object.hasOwn(outputs, pinned) && port !== 'error') outputs[pinned] = output;
  }
  return { from: { node: id, only, outputs, vars: { ...past?.vars, ...from.vars } }, input: past?.input };
}

/** Why a scenario's own pins cannot be given; null when they can. */
export function scenarioPinRefusal(document: WorkflowDocument, pins: Record<NodeId, Pin>): string | null {
  for (const [id, pin] of Object.entries<Pin>(pins)) {
    const node = document.nodes.find((one) => one.id === id);
    if (!node) return `It pins "${id}", which the workflow does not have.`;
    const refusal = pinRefusal(node, pin);
    if (refusal !== null) return `It pins "${node.title}". ${refusal}`;
  }
  return null;
}
