import type { GraphNode, Problem } from '@perdure/graph';
import { createContext, useContext } from 'react';
import type { ExpressionData, SampleRun } from './expression-data.ts';

/** The field that a click in the tree of earlier data writes into: the one that had the focus last. */
export interface InsertTarget {
  /** Its own on the page. */
  id: string;
  insert(path: string): void;
}

/** What the fields of the inspector share. */
export interface InspectorContextValue {
  node: GraphNode;
  problems: readonly Problem[];
  sample: SampleRun | null;
  data: ExpressionData;
  /** The last field that had the focus; its preview stays while its data is looked at. */
  activeField: string | null;
  setTarget(target: InsertTarget): void;
  /** Esc in an editor: back to the canvas. */
  leave(): void;
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
