/** What stands in the fields of the editor of an entity type: texts as they are typed, also those that are not right yet. */
import { expressionAnalyser } from '@perdure/expressions';
import { checkEntityType, parseEntityType, type EntityKind, type EntityTypeDocument, type Json, type Problem } from '@perdure/graph';
import { readJson } from '../components/json-field.tsx';

export interface OperationDraft {
  /** Tells the entries of the list apart while they are typed in and moved. */
  id: number;
  name: string;
  description: string;
  state: string;
  result: string;
  signals: string;
}

export interface EntityTypeDraft {
  kind: EntityKind;
  window: string;
  initialState: string;
  operations: OperationDraft[];
}

let lastId = 0;

export function freshOperation(texts: Partial<OperationDraft> = {}): OperationDraft {
  lastId += 1;
  return { name: '', description: '', state: '', result: '', signals: '', ...texts, id: lastId };
}

export function freshDraft(kind: EntityKind): EntityTypeDraft {
  return {
    kind,
    window: '1h',
    initialState: '{ "total": 0 }',
    operations: [
      freshOperation({ name: 'add', state: '{ "total": state.total + input }', result: 'state.total' }),
      freshOperation({ name: 'get', result: 'state' }),
    ],
  };
}

export function draftOf(document: EntityTypeDocument): EntityTypeDraft {
  const draft = freshDraft(document.kind);
  if (document.kind === 'aggregator') return { ...draft, window: document.window };
  if (document.kind !== 'custom') return draft;
  const operations = document.operations.map(({ name, description = '', state = '', result = '', signals = '' }) =>
    freshOperation({ name, description, state, result, signals }),
  );
  return { ...draft, initialState: JSON.stringify(document.initialState, null, 2), operations };
}

/** A document, if nothing is wrong with it; `draftProblems` says whether. */
export function draftDocument(draft: EntityTypeDraft): Json {
  const base = { formatVersion: 1, kind: draft.kind };
  if (draft.kind === 'aggregator') return { ...base, window: draft.window };
  if (draft.kind !== 'custom') return base;
  const initial = readJson(draft.initialState);
  return {
    ...base,
    initialState: initial.ok ? initial.value : null,
    operations: draft.operations.map(({ id: _id, name, ...texts }) => ({
      name,
      ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== '')),
    })),
  };
}

export function draftProblems(draft: EntityTypeDraft): Problem[] {
  const initial = readJson(draft.initialState);
  if (draft.kind === 'custom' && !initial.ok)
    return [{ code: 'entity.invalid', severity: 'error', title: 'Not JSON', detail: initial.message, field: 'initialState' }];
  const parsed = parseEntityType(draftDocument(draft));
  return parsed.ok ? checkEntityType(parsed.document, expressionAnalyser) : parsed.problems;
}
