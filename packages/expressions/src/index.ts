export * from './evaluation.ts';
export { analyseExpression, expressionAnalyser, type AnalysedExpression, type Analysis } from './analyser.ts';
export { evaluateCheap } from './cheap-evaluator.ts';
export { maxExpressionLength } from './parse.ts';
export { createEvaluator, type PayloadStore, type ExpressionEvaluator, type Sandbox } from './evaluator.ts';
export { builtinFunctions, type BuiltinFunction } from './builtin-functions.ts';
export { completeExpression, quoteName, type Candidate, type Completion } from './completion.ts';
export { evaluateForPreview, type Preview } from './preview.ts';
export { maxResultLength, referenceThreshold } from './json-size.ts';
