import type { Json, JsonObject, NodeId, WorkflowDocument } from '@perdure/graph';

/** The last run's data, for previews and for inserting paths. */
export interface SampleRun {
  instanceId: string;
  input: Json;
  steps: Record<string, { output: Json }>;
}

/** The nodes that can have run before a node does: everything upstream of it and of the containers around it, nearest first. */
export function earlierNodes(document: WorkflowDocument, node: NodeId): NodeId[] {
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  const into = new Map<NodeId, NodeId[]>();
  for (const { source, target } of document.edges) into.set(target, [...(into.get(target) ?? []), source]);
  const found = new Set<NodeId>();
  const queue: NodeId[] = [];
  const enter = (id: NodeId): void => {
    for (const source of into.get(id) ?? []) {
      // A body edge comes from the container itself, which has no output yet.
      const around = parents.get(id) === source;
      if (!around && !found.has(source)) {
        found.add(source);
        queue.push(source);
      }
    }
    const parent = parents.get(id);
    if (parent) enter(parent);
  };
  enter(node);
  for (let i = 0; i < queue.length; i += 1) enter(queue[i]!); // i is inside the queue
  return [...found];
}

/** What an expression of this node sees, as far as the last run knows it. */
export function sampleScope(document: WorkflowDocument, node: NodeId, run: SampleRun | null): JsonObject {
  const steps: JsonObject = {};
  for (const id of earlierNodes(document, node)) {
    const step = run?.steps[id];
    if (step) steps[id] = { output: step.output };
  }
  const scope: JsonObject = { input: run?.input ?? null, steps, vars: {}, instance: run ? { id: run.instanceId } : {} };
  const item = sampleItem(document, node, run);
  if (item !== undefined) Object.assign(scope, { item, index: 0 });
  return scope;
}

/** What the tree of earlier data lists, also before anything ran. */
export function knownNames(document: WorkflowDocument, node: NodeId): string[] {
  // The start's output is the input; listing it twice would only raise the question which one to use.
  const starts = new Set(document.nodes.filter(({ type }) => type === 'start').map(({ id }) => id));
  const names = [
    'input',
    ...earlierNodes(document, node)
      .filter((id) => !starts.has(id))
      .map((id) => `steps.${id}.output`),
  ];
  if (isInside(document, node, ['forEach'])) names.push('item');
  if (isInside(document, node, ['forEach', 'loop'])) names.push('index');
  return names;
}

/** The sample with every name that exists, so that completion knows nodes that never ran. */
export function completionSample(document: WorkflowDocument, node: NodeId, scope: JsonObject): JsonObject {
  const steps: JsonObject = {};
  for (const id of earlierNodes(document, node)) steps[id] = { output: {} };
  const known = scope['steps'];
  const vars: JsonObject = {};
  for (const { type, config } of document.nodes) {
    const written = type === 'setVariables' ? config['variables'] : undefined;
    if (typeof written === 'object' && written !== null && !Array.isArray(written))
      for (const name of Object.keys(written)) vars[name] = null;
  }
  return {
    ...(isInside(document, node, ['forEach']) && { item: {}, index: 0 }),
    ...(isInside(document, node, ['loop']) && { index: 0 }),
    ...scope,
    vars,
    error: { code: 'Timeout', message: '' },
    instance: { id: '', workflow: '', version: 1, startedAt: '' },
    steps: { ...steps, ...(typeof known === 'object' && known !== null && !Array.isArray(known) ? known : {}) },
  };
}

export function isInside(document: WorkflowDocument, node: NodeId, types: readonly string[]): boolean {
  const byId = new Map(document.nodes.map((one) => [one.id, one]));
  for (let at = byId.get(node)?.parent ?? null; at !== null; at = byId.get(at)?.parent ?? null) {
    if (types.includes(byId.get(at)?.type ?? '')) return true;
  }
  return false;
}

/** The first item of the nearest for each whose list is a plain path into the last run's data. */
function sampleItem(document: WorkflowDocument, node: NodeId, run: SampleRun | null): Json | undefined {
  const byId = new Map(document.nodes.map((one) => [one.id, one]));
  for (let at = byId.get(node)?.parent ?? null; at !== null; at = byId.get(at)?.parent ?? null) {
    const container = byId.get(at);
    if (container?.type !== 'forEach' || !run) continue;
    const items = container.config['items'];
    const path =
      typeof items === 'object' && items !== null && !Array.isArray(items) && typeof items['expr'] === 'string'
        ? items['expr'].trim()
        : null;
    if (path === null || !/^[A-Za-z_][\w.]*$/.test(path)) return undefined;
    let value: Json | undefined = { input: run.input, steps: run.steps } as JsonObject;
    for (const name of path.split('.'))
      value = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    return Array.isArray(value) ? value[0] : undefined;
  }
  return undefined;
}
