import { canonicalJson, schemaValues, type Json, type JsonObject, type WorkflowDocument } from '@perdure/graph';
import type { PastRunData, RunDraftInput } from '@perdure/server/contract';
import { inputSchema } from '../input-schema.ts';
import type { ValuesRead } from './values-read.ts';

/** The values a run begins with, as they are shown and edited: `{ input, steps: { id: output }, vars }`. */
export interface BeginningValues {
  values: JsonObject;
  /** Too large to show; they are taken from the past run as they are. */
  kept: readonly string[];
}

/** What the run reads, filled in from the past run, else from pins, and the input from its schema. */
export function valuesToEdit(read: ValuesRead, past: PastRunData | null, document: WorkflowDocument): BeginningValues {
  const values: JsonObject = {};
  const kept: string[] = [];
  const put = (into: JsonObject, name: string, path: string, value: Json): void => {
    if (isPreview(value)) kept.push(path);
    else into[name] = value;
  };
  if (read.input) put(values, 'input', 'input', past?.input ?? schemaValues(inputSchema(document)) ?? {});
  const steps: JsonObject = {};
  for (const id of read.steps ?? Object.keys(past?.outputs ?? {})) {
    const pinned = document.nodes.find((node) => node.id === id)?.pinned?.output;
    put(steps, id, `steps.${id}`, past?.outputs[id] ?? pinned ?? null);
  }
  if (Object.keys(steps).length > 0) values['steps'] = steps;
  const vars: JsonObject = {};
  for (const name of read.vars ?? Object.keys(past?.vars ?? {})) put(vars, name, `vars.${name}`, past?.vars[name] ?? null);
  if (Object.keys(vars).length > 0) values['vars'] = vars;
  return { values, kept };
}

type Sent = Pick<RunDraftInput, 'input'> & Pick<NonNullable<RunDraftInput['from']>, 'outputs' | 'vars'>;

/** What is sent of edited values: all of them without a past run, else only those that are not as it had them. Null: it has another shape. */
export function valuesToSend(edited: Json, past: PastRunData | null): Sent | null {
  if (!isObject(edited)) return null;
  const { input, steps = {}, vars = {}, ...others } = edited;
  if (!isObject(steps) || !isObject(vars) || Object.keys(others).length > 0) return null;
  const sent: Sent = {};
  if (input !== undefined && !(past && isSame(input, past.input))) sent.input = input;
  const outputs = changed(steps, past?.outputs);
  const changedVars = changed(vars, past?.vars);
  if (Object.keys(outputs).length > 0) sent.outputs = outputs;
  if (Object.keys(changedVars).length > 0) sent.vars = changedVars;
  return sent;
}

function changed(values: JsonObject, before: Record<string, Json> | undefined): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isSame(value, before?.[name])));
}

function isSame(value: Json, before: Json | undefined): boolean {
  return before !== undefined && canonicalJson(value) === canonicalJson(before);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPreview(value: Json): boolean {
  return isObject(value) && '$preview' in value;
}
