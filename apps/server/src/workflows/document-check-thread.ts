/** The thread of document-check.ts. */
import { answerQuestions } from '../threads/answer-questions.ts';
import { checkDocument } from './check-document.ts';

answerQuestions(checkDocument);
