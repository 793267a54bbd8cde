import type { CompletionSource } from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import type { GraphNode, JsonObject, Problem } from '@perdure/graph';
import { createContext, useContext } from 'react';
import type { SampleRun } from './expression-data.ts';

/** What the fields of the inspector share. */
export interface InspectorContextValue {
  node: GraphNode;
  problems: readonly Problem[];
  sample: SampleRun | null;
  scope: JsonObject;
  complete: CompletionSource;
  /** The editor that a click in the data tree writes into. */
  setActiveEditor(view: EditorView): void;
  /** Texts of this node's fields that are not JSON yet. */
  unfinished(field: string): string | undefined;
  /** Null forgets the text. */
  keepUnfinished(field: string, text: string | null): void;
}

export const InspectorContext = createContext<InspectorContextValue | null>(null);

export function useInspector(): InspectorContextValue {
  const value = useContext(InspectorContext);
  if (!value) throw new Error('Inspector fields belong inside the inspector');
  return value;
}

/** The problem of a field, or of something inside it. */
export function useFieldProblem(path: string): string | undefined {
  const found = useInspector().problems.find(({ field }) => field === path || field?.startsWith(`${path}.`));
  return found?.detail;
}
