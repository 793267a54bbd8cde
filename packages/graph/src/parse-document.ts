import { z } from 'zod';
import type { GraphNode, WorkflowDocument } from './document.ts';
import { isNodeIdText, nodeIdRule } from './node-id.ts';
import type { NodeId } from './ids.ts';
import type { Json } from './json.ts';
import { plainWords } from './plain-words.ts';
import type { Problem } from './problem.ts';
import { maxPinLength } from './pins.ts';
import { maxScenarioLength, maxScenarios } from './scenario.ts';
import { checkJson } from './strict-json.ts';

export type ParsedDocument = { ok: true; document: WorkflowDocument } | { ok: false; problems: Problem[] };

export const maxNodes = 5000;
export const maxEdges = 20_000;
const maxNotes = 1000;
const maxNoteText = 10_000;
const maxSampleLength = 256 * 1024;

/**
 * unknown → WorkflowDocument: its shape, safe keys, unique ids, limits. Never throws.
 * A node's config is only checked to be a JSON object here, because drafts are kept while half filled in; `validate` judges it.
 */
export function parseDocument(value: unknown): ParsedDocument {
  const refusal = checkJson(value);
  if (refusal) {
    return failed([
      {
        code: 'document.json',
        severity: 'error',
        title: 'Not a workflow document',
        detail: refusal.message,
        ...(refusal.path !== '' && { field: refusal.path }),
      },
    ]);
  }
  const tooLarge = tooLargeProblems(value);
  if (tooLarge.length > 0) return failed(tooLarge);
  const parsed = documentSchema.safeParse(value, { error: plainWords });
  if (!parsed.success) return failed(parsed.error.issues.slice(0, maxProblems).flatMap((issue) => issueProblems(issue)));
  // The schema has checked the patterns that ids stand for; the brands exist only in types.
  const document = parsed.data as unknown as WorkflowDocument;
  const problems = [
    ...duplicates(document.nodes, 'nodes'),
    ...duplicates(document.edges, 'edges'),
    ...duplicates(document.notes ?? [], 'notes'),
    ...duplicates(document.scenarios ?? [], 'scenarios'),
  ];
  return problems.length > 0 ? failed(problems) : { ok: true, document };
}

const maxProblems = 50;

const nodeIdText = z.string().refine(isNodeIdText, nodeIdRule);
const edgeIdText = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'Use letters, digits, "_" or "-", 100 at most.');
const portIdText = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'Use a letter first, then letters, digits, "_" or "-", 64 at most.');
const coordinate = z.number().min(-1e7).max(1e7);
const durationText = z.string().min(1).max(100);

const retrySchema = z.strictObject({
  firstRetryInterval: durationText,
  maxNumberOfAttempts: z.int(),
  backoffCoefficient: z.number().optional(),
  maxRetryInterval: durationText.optional(),
  retryTimeout: durationText.optional(),
  nonRetryableErrors: z.array(z.string().min(1).max(200)).max(100).optional(),
});

/** `checkJson` has looked at the whole document. */
const json = z.custom<Json>((value) => value !== undefined, 'Must be a value.');
const pinSchema = z.strictObject({
  output: json.refine((value) => JSON.stringify(value).length <= maxPinLength, 'Pinned data may have 64 KB at most.'),
  port: portIdText.optional(),
});

const nodeSchema = z.strictObject({
  id: nodeIdText,
  type: z.string().min(1).max(64),
  title: z.string().max(200),
  parent: nodeIdText.nullable(),
  position: z.strictObject({ x: coordinate, y: coordinate }),
  size: z.strictObject({ width: z.number().min(1).max(1e6), height: z.number().min(1).max(1e6) }).optional(),
  collapsed: z.boolean().optional(),
  disabled: z.boolean().optional(),
  config: z.custom<GraphNode['config']>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Must be an object.',
  ),
  retry: retrySchema.optional(),
  timeout: durationText.optional(),
  pinned: pinSchema.optional(),
});

const scenarioSchema = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use letters, digits, "_" or "-", 64 at most.'),
    title: z.string().max(200),
    input: json,
    pins: z.record(nodeIdText, pinSchema).optional(),
    events: z
      .array(z.strictObject({ name: z.string().min(1).max(200), data: json }))
      .max(100)
      .optional(),
    decisions: z.record(nodeIdText, z.strictObject({ outcome: portIdText, data: json.optional() })).optional(),
    fastForward: z.boolean(),
    expect: z.strictObject({
      status: z.enum(['Completed', 'Failed']),
      output: z.union([z.strictObject({ equals: json }), z.strictObject({ condition: z.string().min(1).max(10_000) })]).optional(),
      code: z.string().min(1).max(200).optional(),
      through: z.array(nodeIdText).max(1000).optional(),
    }),
  })
  .refine((scenario) => JSON.stringify(scenario).length <= maxScenarioLength, 'A scenario may have 256 KB at most.');

const edgeSchema = z.strictObject({ id: edgeIdText, source: nodeIdText, sourcePort: portIdText, target: nodeIdText });

const noteSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'Use letters, digits, "_" or "-", 100 at most.'),
  text: z.string().max(maxNoteText),
  parent: nodeIdText.nullable(),
  position: z.strictObject({ x: coordinate, y: coordinate }),
  size: z.strictObject({ width: z.number().min(1).max(1e6), height: z.number().min(1).max(1e6) }),
});

const sampleSchema = z
  .strictObject({
    input: json.optional(),
    steps: z.record(nodeIdText, z.strictObject({ output: json })).optional(),
    vars: z.record(z.string().min(1).max(64), json).optional(),
  })
  .refine((sample) => JSON.stringify(sample).length <= maxSampleLength, 'Sample data may have 256 KB at most.');

const documentSchema = z.strictObject({
  formatVersion: z.literal(1),
  nodes: z.array(nodeSchema),
  edges: z.array(edgeSchema),
  notes: z.array(noteSchema).optional(),
  scenarios: z.array(scenarioSchema).max(maxScenarios, `A workflow may have ${maxScenarios} scenarios.`).optional(),
  sample: sampleSchema.optional(),
});

function failed(problems: Problem[]): ParsedDocument {
  return { ok: false, problems };
}

/** Looked at before anything else, so that an oversized document costs nothing to refuse. */
function tooLargeProblems(value: unknown): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  const { nodes, edges, notes } = value as { nodes?: unknown; edges?: unknown; notes?: unknown };
  return (
    [
      ['nodes', nodes, maxNodes],
      ['edges', edges, maxEdges],
      ['notes', notes, maxNotes],
    ] as const
  ).flatMap(([field, list, max]) =>
    Array.isArray(list) && list.length > max
      ? [
          {
            code: 'document.too-large',
            severity: 'error' as const,
            title: 'Workflow too large',
            detail: `It has ${list.length} ${field}; ${max} are allowed. Move a part into a sub-workflow.`,
            field,
          },
        ]
      : [],
  );
}

function issueProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.join('.');
  const at = path === '' ? 'the document' : path;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      code: 'document.unknown-field',
      severity: 'error',
      title: 'Unknown field',
      detail: `"${key}" is not a field of ${at}. Remove it.`,
      field: path === '' ? key : `${path}.${key}`,
    }));
  }
  return [
    {
      code: 'document.invalid',
      severity: 'error',
      title: 'Not a workflow document',
      detail: `${at}: ${issue.message}${/[.!?]$/.test(issue.message) ? '' : '.'}`,
      ...(path !== '' && { field: path }),
    },
  ];
}

function duplicates(list: readonly { id: string }[], field: 'nodes' | 'edges' | 'notes' | 'scenarios'): Problem[] {
  const seen = new Set<string>();
  return list.flatMap(({ id }, i): Problem[] => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    const what = field.slice(0, -1);
    return [
      {
        code: `${what}.duplicate-id`,
        severity: 'error',
        title: 'Id used twice',
        detail: `Two ${field} have the id "${id}". Give one of them another.`,
        field: `${field}.${i}.id`,
        ...(what === 'node' && { node: id as NodeId }), // the schema has checked the pattern
      },
    ];
  });
}
