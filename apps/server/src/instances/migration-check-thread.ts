/** The thread of migration-check.ts. */
import { answerMigration } from '@perdure/graph';
import { answerQuestions } from '../threads/answer-questions.ts';

answerQuestions(answerMigration);
