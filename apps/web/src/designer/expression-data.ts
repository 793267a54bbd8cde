import { evaluateForPreview, expressionAnalyser, quoteName, type ExpressionScope } from '@perdure/expressions';
import {
  dataBefore,
  indexGraph,
  isExpression,
  portsOf,
  schemaExample,
  type GraphNode,
  type Json,
  type JsonObject,
  type NodeId,
  type WorkflowDocument,
} from '@perdure/graph';
import { inputSchema } from './input-schema.ts';

/**
 * What an expression of one step sees: real data where there is some, names and types where a schema or the drawing tells them. Completion,
 * hover, doubts, previews and the tree of earlier data all read this.
 */

/** The data previews are made with. */
export interface SampleRun {
  /** For people: "Last run, ord-1". */
  name: string;
  /** Of a schema there is an input, and nothing that steps gave. */
  origin: 'run' | 'typed' | 'schema';
  /** The run it is of; null for data typed by hand. */
  instanceId: string | null;
  input: Json;
  steps: { readonly [node: string]: { output: Json } };
  /** Where they were typed; of a run, what its Set variables steps wrote. */
  vars?: JsonObject;
}

export interface ExpressionData {
  /** What previews evaluate over. */
  scope: JsonObject;
  /** There is a run, or something pinned. */
  hasValues: boolean;
  /** Names and types beyond the sample. */
  shape: JsonObject;
  /** `steps.check`, `vars.rate`: not there on every way. */
  uncertain: ReadonlySet<string>;
  /** The roots of the tree of earlier data, as they are written. */
  roots: readonly DataRoot[];
}

export interface DataRoot {
  path: string;
  value: Json | undefined;
  shape: Json | undefined;
  mayBeMissing: boolean;
  /** What it is, where its path does not say so: a step's title. */
  title?: string;
}

export function expressionData(document: WorkflowDocument, node: NodeId, run: SampleRun | null): ExpressionData {
  const index = indexGraph(document);
  const before = dataBefore(index, node);
  const scope: JsonObject = {};
  const shape: JsonObject = { vars: {}, steps: {} };
  const roots: DataRoot[] = [];
  const uncertain = new Set<string>();
  const add = (
    path: string,
    value: Json | undefined,
    known: Json | undefined,
    more: { mayBeMissing?: boolean; title?: string } = {},
  ): void => {
    roots.push({ path, value, shape: known, mayBeMissing: false, ...more });
  };

  const inputShape = schemaExample(inputSchema(document));
  if (run) scope['input'] = run.input;
  shape['input'] = inputShape ?? null;
  add('input', run?.input, inputShape);

  const item = before.itemOf === null ? undefined : sampleItem(document, before.itemOf, run);
  if (before.itemOf !== null) {
    if (item !== undefined) scope['item'] = item;
    shape['item'] = null;
    add('item', item, undefined);
  }
  if (before.hasIndex) {
    scope['index'] = 0;
    shape['index'] = 0;
    add('index', 0, 0);
  }
  if (before.errorCodes) {
    const [code = 'Failed'] = before.errorCodes;
    const error = { code, message: 'What went wrong', node: 'The step’s title', step: 'its_id' };
    // No run keeps its errors by step: an example stands in.
    scope['error'] = error;
    shape['error'] = error;
    add('error', error, error);
  }

  const written = runVariables(document, run);
  const vars: JsonObject = {};
  for (const { name, mayBeMissing } of before.variables) {
    (shape['vars'] as JsonObject)[name] = null; // made above
    if (Object.hasOwn(written, name)) vars[name] = written[name]!;
    if (mayBeMissing) uncertain.add(`vars.${name}`);
    add(`vars.${quoteName(name)}`, written[name], undefined, { mayBeMissing });
  }
  if (run) scope['vars'] = vars;

  const steps: JsonObject = {};
  for (const { id, mayBeMissing } of before.steps) {
    const earlier = index.nodes.get(id);
    const output = earlier && sampleOutput(earlier, run);
    const known = earlier && outputShape(earlier);
    if (output !== undefined) steps[id] = { output };
    (shape['steps'] as JsonObject)[id] = { output: known ?? null }; // made above
    if (mayBeMissing) uncertain.add(`steps.${id}`);
    add(`steps.${id}.output`, output, known, { mayBeMissing, ...(earlier && { title: earlier.title }) });
  }
  if (run || Object.keys(steps).length > 0) scope['steps'] = steps;

  if (run) scope['instance'] = { ...(run.instanceId !== null && { id: run.instanceId }) };
  shape['instance'] = { id: '', executionId: '', workflow: '', version: 1, startedAt: '2030-01-31T12:00:00.000Z' };
  return { scope, hasValues: run !== null || Object.keys(steps).length > 0, shape, uncertain, roots };
}

/** The first step or variable an expression reads that nothing is known of yet: `steps.check`. */
export function unseenRead(source: string, { steps = {}, vars = {} }: JsonObject): string | null {
  const analysed = expressionAnalyser.analyse(source);
  if (!analysed.ok) return null;
  for (const [root, name] of analysed.expression.reads) {
    const known = root === 'steps' ? steps : root === 'vars' ? vars : null;
    if (name !== undefined && isObject(known) && !Object.hasOwn(known, name)) return `${root}.${name}`;
  }
  return null;
}

/** What is pinned is what a test run gives; else a run tells what the step gave. */
function sampleOutput(node: GraphNode, run: SampleRun | null): Json | undefined {
  const { pinned } = node;
  // Left by an exceptional port, the pin is an error and there is no output.
  const isError = pinned?.port !== undefined && portsOf(node).some(({ id, kind }) => id === pinned.port && kind === 'exceptional');
  if (pinned && !isError) return pinned.output;
  return run && Object.hasOwn(run.steps, node.id) ? run.steps[node.id]?.output : undefined;
}

/** What the outputs of a type of step look like before any was seen. */
function outputShape({ type, config }: GraphNode): Json | undefined {
  switch (type) {
    case 'http':
      return { status: 200, headers: {}, body: null };
    case 'humanTask':
      return { outcome: '', data: schemaExample(config['formSchema'] ?? true) ?? null, by: '', comment: '' };
    case 'forEach':
      return [];
    case 'subWorkflow':
      return config['wait'] === false ? { instanceId: '' } : undefined;
    default:
      return undefined;
  }
}

/** What the Set variables steps of a run wrote, later steps of the document winning. */
function runVariables(document: WorkflowDocument, run: SampleRun | null): JsonObject {
  if (!run) return {};
  if (run.vars) return run.vars;
  const written: JsonObject = {};
  for (const { id, type } of document.nodes) {
    const output = type === 'setVariables' && Object.hasOwn(run.steps, id) ? run.steps[id]?.output : undefined;
    if (isObject(output)) Object.assign(written, output);
  }
  return written;
}

/** The first item of a for each, where its list can be told in the page. */
function sampleItem(document: WorkflowDocument, container: NodeId, run: SampleRun | null): Json | undefined {
  const items = document.nodes.find(({ id }) => id === container)?.config['items'];
  if (Array.isArray(items)) return items[0];
  if (!run || !isExpression(items)) return undefined;
  const scope = { input: run.input, steps: run.steps, vars: runVariables(document, run), instance: {} };
  // A sample lacks what only a running instance has: paths to it lead to nothing.
  const result = evaluateForPreview(items.expr, scope as unknown as ExpressionScope, { at: 0, seed: 'item' });
  return result.state === 'value' && Array.isArray(result.value) ? result.value[0] : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
