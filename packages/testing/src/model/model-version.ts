/** One version of the workflow as the model reads it: where its edges lead, and what its expressions mean. */
import type { GraphEdge, GraphNode, Json, JsonObject, WorkflowDocument } from '@perdure/graph';
import type { Frame, ModelFailure } from './model-place.ts';
import type { Meaning, RandomWorkflow } from './random-workflow.ts';

/** Where an expression stands, and what it finds there. */
export interface Reading {
  input: JsonObject;
  vars: JsonObject;
  frame: Frame;
  error: ModelFailure | undefined;
  /** In place of the index of the pass it stands in. */
  index?: number | undefined;
}

export class ModelVersion {
  readonly document: WorkflowDocument;
  readonly #meanings: ReadonlyMap<string, Meaning>;

  constructor({ document, meanings }: RandomWorkflow) {
    this.document = document;
    this.#meanings = meanings;
  }

  node(id: string): GraphNode {
    const node = this.document.nodes.find((one) => one.id === id);
    if (node === undefined) throw new Error(`There is no node ${id}.`);
    return node;
  }

  get start(): GraphNode {
    const start = this.document.nodes.find(({ type }) => type === 'start');
    if (start === undefined) throw new Error('There is no start node.');
    return start;
  }

  edgesFrom(source: string, port: string): GraphEdge[] {
    return this.document.edges.filter((edge) => edge.source === source && edge.sourcePort === port);
  }

  edgesInto(target: string): GraphEdge[] {
    return this.document.edges.filter((edge) => edge.target === target);
  }

  /** How many edges a join waits for. */
  needed({ id, config: { mode, count } }: GraphNode): number {
    return mode === 'any' ? 1 : mode === 'all' ? this.edgesInto(id).length : Number(count);
  }

  /** Of a field that holds a value or an expression. */
  value(value: Json | undefined, reading: Reading): Json {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.expr === 'string')
      return this.evaluate(value.expr, reading) ?? null;
    return value ?? null;
  }

  evaluate(source: string, { input, vars, frame, error, index }: Reading): Json | undefined {
    const meaning = this.#meanings.get(source);
    if (meaning === undefined) throw new Error(`Nobody said what ${source} means.`);
    const outwards = [...ancestors(frame)];
    return meaning({
      input,
      vars,
      output: (node) => outwards.find(({ outputs }) => outputs.has(node))?.outputs.get(node),
      item: outwards.find(({ container }) => container?.node.type === 'forEach')?.item,
      index: index ?? outwards.find(({ container }) => container?.node.type === 'forEach' || container?.node.type === 'loop')?.index,
      errorCode: error?.code,
    });
  }
}

function* ancestors(frame: Frame): Iterable<Frame> {
  for (let at: Frame | null = frame; at !== null; at = at.parent) yield at;
}
