/** The thread of schema-check.ts. */
import type { Json } from '@perdure/graph';
import { answerQuestions } from '../threads/answer-questions.ts';
import { checkValue } from './check-value.ts';

export interface CheckQuestion {
  schema: Json;
  value: Json;
}

answerQuestions(({ schema, value }: CheckQuestion) => checkValue(schema, value));
