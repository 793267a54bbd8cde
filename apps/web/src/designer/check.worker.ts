import '../zod-without-eval.ts';
import { expressionAnalyser } from '@perdure/expressions';
import { validate, type Problem, type WorkflowDocument } from '@perdure/graph';

/** Validation explores state spaces and parses every expression: too much for the page of a large workflow. */
addEventListener('message', (message: MessageEvent<{ id: number; document: WorkflowDocument }>) => {
  const { id, document } = message.data;
  const problems: Problem[] = validate(document, expressionAnalyser);
  postMessage({ id, problems });
});
