import type { GraphEdge, GraphNode, RetryPolicy, WorkflowDocument } from './document.ts';
import { edgeId, nodeId, portId } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { ExpressionAnalyser } from './plan.ts';
import { standardCatalogue } from './catalogue/catalogue.ts';

/**
 * Builds documents for tests. Nodes: `id: type`, or with a config and more; a node's default config is filled in.
 * Edges: `a -> b`, `a.port -> b`.
 */
export function draw(nodes: Record<string, string | NodeSketch>, edges: readonly string[] = []): WorkflowDocument {
  return {
    formatVersion: 1,
    nodes: Object.entries(nodes).map(([id, given]) => {
      const {
        type,
        title = type === 'join' ? 'Join' : id,
        parent = null,
        config,
        ...rest
      } = typeof given === 'string' ? ({ type: given } as NodeSketch) : given;
      const node: GraphNode = {
        id: nodeId(id),
        type,
        title,
        parent: parent === null ? null : nodeId(parent),
        position: { x: 0, y: 0 },
        config: config ?? fillIn[type] ?? standardCatalogue.get(type)?.defaultConfig() ?? {},
        ...rest,
      };
      return node;
    }),
    edges: edges.map((text, i): GraphEdge => {
      const [from, to] = text.split('->').map((part) => part.trim()) as [string, string];
      const [source, port = 'out'] = from.split('.') as [string, string?];
      return { id: edgeId(`e${i}`), source: nodeId(source), sourcePort: portId(port), target: nodeId(to) };
    }),
  };
}

export interface NodeSketch {
  type: string;
  title?: string;
  parent?: string;
  config?: JsonObject;
  disabled?: boolean;
  retry?: RetryPolicy;
  timeout?: string;
}

/** Configs that pass validation, where the designer's default still lacks what a person fills in. */
const fillIn: Record<string, JsonObject> = {
  http: { method: 'GET', url: 'https://example.test/' },
  condition: { cases: [{ key: 'yes', label: 'Yes', when: 'input.ok' }], otherwiseLabel: 'No' },
  setVariables: { variables: { count: 1 } },
  loop: { mode: 'while', condition: 'input.more' },
  event: { name: 'changed' },
  humanTask: {
    title: 'Decide',
    outcomes: [
      { key: 'approved', label: 'Approved', tone: 'primary' },
      { key: 'rejected', label: 'Rejected', tone: 'danger' },
    ],
  },
  subWorkflow: { workflow: 'other' },
  fail: { code: 'Declined', message: 'Declined' },
};

const roots = {
  workflow: ['input', 'steps', 'vars', 'item', 'index', 'error', 'instance'],
  entity: ['state', 'input', 'entity', 'before'],
};

/**
 * Enough of an analyser for this package's tests, which must not depend on the expression language above it:
 * brackets must match, and paths from a known root are what it reads.
 */
export const pathAnalyser: ExpressionAnalyser = {
  analyse(source, subject = 'workflow') {
    const open: string[] = [];
    for (let i = 0; i < source.length; i++) {
      const char = source[i]!;
      if ('([{'.includes(char)) open.push(char);
      if (')]}'.includes(char) && open.pop() !== { ')': '(', ']': '[', '}': '{' }[char])
        return { ok: false, message: 'A bracket is not matched.', position: i };
    }
    if (open.length > 0) return { ok: false, message: 'A bracket is not closed.', position: source.length };
    const reads = [...source.matchAll(/\b(?:input|steps|vars|item|index|error|instance)\b(?:\.[A-Za-z_]\w*)*/g)].map(([path]) =>
      path.split('.'),
    );
    const unknownNames = [...source.matchAll(/(?<![\w.$"])[a-z]\w*(?=\.)/g)]
      .map(([name]) => name)
      .filter((name) => !roots[subject].includes(name));
    return { ok: true, expression: { source, cost: 'cheap', reads }, unknownNames };
  },
};
