import { parseDuration } from '../duration.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { CompiledExpression, ExpressionAnalyser } from '../plan.ts';
import type { Problem } from '../problem.ts';
import type { EntityPlan, PlanOperation } from './entity-plan.ts';
import type { EntityOperationDocument, EntityTypeDocument } from './entity-type.ts';

export type CompiledEntityType = { ok: true; plan: EntityPlan } | { ok: false; problems: Problem[] };

/** Document → plan. `version` is the one it was saved as, and is recorded with every operation it applies. */
export function compileEntityType(
  document: EntityTypeDocument,
  { version, analyser }: { version: number; analyser: ExpressionAnalyser },
): CompiledEntityType {
  if (document.kind === 'aggregator') {
    return { ok: true, plan: { version, kind: 'aggregator', windowMs: parseDuration(document.window) ?? 0 } };
  }
  if (document.kind !== 'custom') return { ok: true, plan: { version, kind: document.kind } };
  const { problems, operations } = compileOperations(document.operations, analyser);
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems };
  return { ok: true, plan: { version, kind: 'custom', initialState: document.initialState, operations } };
}

/** Everything that can be told about an entity type before an entity of it runs, errors first. */
export function checkEntityType(document: EntityTypeDocument, analyser: ExpressionAnalyser): Problem[] {
  if (document.kind !== 'custom') return [];
  const problems = [...stateProblems(document), ...compileOperations(document.operations, analyser).problems];
  return problems.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

/** An entity's state is part of every turn it takes, so it is kept small. */
export const maxEntityStateLength = 64 * 1024;

function stateProblems({ initialState }: EntityTypeDocument & { kind: 'custom' }): Problem[] {
  if (JSON.stringify(initialState).length <= maxEntityStateLength) return [];
  return [
    {
      code: 'entity.state-too-large',
      severity: 'error',
      title: 'State too large',
      detail: 'The first state has more than 64 KB, which no entity’s state may have. Keep large data elsewhere and an address of it here.',
      field: 'initialState',
    },
  ];
}

const expressionFields = ['state', 'result', 'signals'] as const;

/** What expressions of an entity type can read. */
const rootNames = ['state', 'input', 'entity', 'before'];

function compileOperations(
  documents: readonly EntityOperationDocument[],
  analyser: ExpressionAnalyser,
): { problems: Problem[]; operations: Map<string, PlanOperation> } {
  const problems: Problem[] = [];
  const operations = new Map<string, PlanOperation>();
  for (const [at, document] of documents.entries()) {
    const { name } = document;
    const folded = name.toLowerCase();
    const path = `operations.${at}`;
    if (folded === 'delete') {
      problems.push({
        code: 'entity.reserved-operation',
        severity: 'error',
        title: 'Name is taken',
        detail: 'Every entity has the operation delete, which removes its state. Choose another name.',
        field: `${path}.name`,
      });
    } else if (operations.has(folded)) {
      problems.push({
        code: 'entity.duplicate-operation',
        severity: 'error',
        title: 'Operation defined twice',
        detail: `There is another operation ${name}; upper and lower case make no difference. Rename one of them.`,
        field: `${path}.name`,
      });
    }
    if (expressionFields.every((field) => document[field] === undefined)) {
      problems.push({
        code: 'entity.empty-operation',
        severity: 'warning',
        title: 'Operation without effect',
        detail: `${name} has no expression: it changes nothing and answers null.`,
        field: path,
      });
    }
    const analyse = (field: (typeof expressionFields)[number]): CompiledExpression | null => {
      const source = document[field];
      if (source === undefined) return null;
      const analysis = analyser.analyse(source, 'entity');
      const where = { field: `${path}.${field}` };
      if (!analysis.ok) {
        problems.push({
          code: 'expression.syntax',
          severity: 'error',
          title: 'Expression cannot be read',
          detail: `${field} of ${name}: ${analysis.message} (at character ${analysis.position + 1})`,
          ...where,
        });
        return null;
      }
      for (const unknown of analysis.unknownNames ?? []) {
        const guess = didYouMean(unknown, rootNames);
        problems.push({
          code: 'expression.unknown-name',
          severity: 'warning',
          title: 'Unknown name',
          detail: `${field} of ${name} reads ${unknown}, which is never there.${guess ? ` Did you mean ${guess}?` : ''}`,
          ...where,
        });
      }
      return analysis.expression;
    };
    operations.set(folded, { name, state: analyse('state'), result: analyse('result'), signals: analyse('signals') });
  }
  return { problems, operations };
}
