export * from './evaluation.ts';
export { analyseExpression, expressionAnalyser, type AnalysedExpression, type Analysis } from './analyser.ts';
export { evaluateCheap } from './cheap-evaluator.ts';
export { maxExpressionLength } from './parse.ts';
export { createEvaluator, type PayloadStore, type ExpressionEvaluator, type Sandbox } from './evaluator.ts';
