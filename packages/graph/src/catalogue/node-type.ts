import type { z } from 'zod';
import type { Duration, RetryPolicy } from '../document.ts';
import { type NodeId, type PortId, portId } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { CompiledExpression, CompiledValue, PlanNodeBody, PlanRetry } from '../plan.ts';
import type { Port } from '../port.ts';
import { type Field, fieldsOf } from './field.ts';

export type NodeCategory = 'trigger' | 'work' | 'people' | 'wait' | 'flow';

/** The shape behind a node's icon: solid = trigger, square = work, round = waits, accent = people, outlined = flow. */
export type ChipStyle = 'solid' | 'square' | 'round' | 'accent' | 'outlined';

export interface NodeDocs {
  /** What it does, in a few sentences. */
  does: string;
  /** What `steps.<id>.output` holds. */
  output: string;
  /** Failure codes it may raise, and when. */
  errors: readonly { code: string; when: string }[];
  example: { says: string; config: JsonObject };
}

/** What an entry's `compile` may ask for. Every expression goes through here, which is also how validation finds them all. */
export interface CompileContext {
  /** A literal, or an expression; an object literal may hold expressions inside. `field` is the config path, for problems. */
  value(field: string, value: Json): CompiledValue;
  expression(field: string, source: string): CompiledExpression;
  retry: PlanRetry;
  timeoutMs: number | null;
  /** How many edges lead into the node. */
  incoming: number;
  /** The nodes between the nearest dominating split and this node. Computed when asked for. */
  region(): ReadonlySet<NodeId>;
}

interface NodeTypeFacts {
  /** What a document's node names as its `type`. */
  key: string;
  label: string;
  category: NodeCategory;
  /** Default: by category. */
  chip?: ChipStyle;
  /** A Tabler icon, by its kebab-case name. */
  icon: string;
  /** One line, for the palette. */
  description: string;
  docs: NodeDocs;
  /** Default true. Only a start has none. */
  hasInput?: boolean;
  /** Default true. Whether `steps.<id>.output` holds something worth reading once it has run. */
  hasOutput?: boolean;
  /** Owns inner nodes, reached through its `body` port. */
  container?: boolean;
  /** Takes a retry policy and a timeout. */
  activity?: boolean;
  /** The policy the designer gives a new node. A document's node without `retry` is tried once. */
  retry?: RetryPolicy;
  /** Holds when a document's node has no `timeout`. */
  timeout?: Duration;
  /** Control never passes it within one turn: a cycle needs at least one such node. */
  endsTurn?: boolean;
  /** Raises a failure instead of letting its token go. */
  raises?: boolean;
  /** Waits for tokens of several edges. Every other node runs once per token. */
  synchronises?: boolean;
}

export interface NodeTypeDefinition<Schema extends z.ZodObject> extends NodeTypeFacts {
  schema: Schema;
  /** Of a newly added node. May still lack what only a person can fill in. */
  defaultConfig: () => z.input<Schema>;
  /** Reads the config loosely: a draft being edited may be incomplete. */
  ports: (config: JsonObject) => Port[];
  /** The node's second line on the canvas. Reads the config loosely, too. */
  summary: (config: JsonObject, incoming: number) => string;
  /** Rules beyond the schema, over a config that fits it: field path and message each. */
  check?: (config: z.output<Schema>, incoming: number) => { field: string; message: string }[];
  /** A node that ends the turn, but not with this config. */
  passesAtOnce?: (config: JsonObject) => boolean;
  compile: (config: z.output<Schema>, context: CompileContext) => PlanNodeBody;
}

/** A catalogue entry: everything designer, validation, compiler and docs know about a type of node. */
export interface NodeType extends Required<Omit<NodeTypeFacts, 'retry' | 'timeout'>> {
  schema: z.ZodObject;
  fields: readonly Field[];
  retry: RetryPolicy | null;
  timeout: Duration | null;
  defaultConfig(): JsonObject;
  ports(config: JsonObject): Port[];
  summary(config: JsonObject, incoming: number): string;
  /** A node that ends the turn, but not with this config. */
  passesAtOnce(config: JsonObject): boolean;
  /** Takes a config that the schema accepted. */
  check(config: JsonObject, incoming: number): { field: string; message: string }[];
  /** Takes a config that the schema accepted. */
  compile(config: JsonObject, context: CompileContext): PlanNodeBody;
}

export function defineNodeType<Schema extends z.ZodObject>(definition: NodeTypeDefinition<Schema>): NodeType {
  const { schema, check, compile } = definition;
  return {
    hasInput: true,
    hasOutput: true,
    container: false,
    activity: false,
    endsTurn: false,
    raises: false,
    passesAtOnce: () => false,
    synchronises: false,
    chip: chipOf[definition.category],
    ...definition,
    retry: definition.retry ?? null,
    timeout: definition.timeout ?? null,
    fields: fieldsOf(schema),
    defaultConfig: () => definition.defaultConfig() as JsonObject, // config schemas describe JSON
    // Both are called with what this very schema accepted; the catalogue's common type cannot say so.
    check: (config, incoming) => check?.(config as z.output<Schema>, incoming) ?? [],
    compile: (config, context) => compile(config as z.output<Schema>, context),
  };
}

export const outPort: Port = { id: portId('out'), label: 'Out', kind: 'normal' };
export const errorPort: Port = { id: portId('error'), label: 'Error', kind: 'exceptional' };
export const bodyPort: Port = { id: portId('body'), label: 'Body', kind: 'inner' };

/** The ports that a list of `{ key, label }` in a config stands for. Skips what is not filled in yet. */
export function keyedPorts(list: Json | undefined, kind: Port['kind']): Port[] {
  if (!Array.isArray(list)) return [];
  const seen = new Set<string>();
  const ports: Port[] = [];
  for (const entry of list) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) continue;
    const { key, label } = entry;
    if (typeof key !== 'string' || key === '' || seen.has(key)) continue;
    seen.add(key);
    ports.push({ id: portId(key), label: typeof label === 'string' && label !== '' ? label : key, kind });
  }
  return ports;
}

/** Problems for keys used twice in a list of ports, or taken by a port the node has anyway. */
export function duplicateKeys(
  field: string,
  list: readonly { key: string }[],
  taken: readonly PortId[] = [],
): { field: string; message: string }[] {
  const seen = new Set<string>(taken);
  return list.flatMap(({ key }, i) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const isOwn = taken.includes(portId(key));
    return [
      {
        field: `${field}.${i}.key`,
        message: isOwn ? `"${key}" is the name of a port this node always has. Choose another key.` : `The key "${key}" is used twice.`,
      },
    ];
  });
}

const chipOf: Record<NodeCategory, ChipStyle> = { trigger: 'solid', work: 'square', people: 'accent', wait: 'round', flow: 'outlined' };
