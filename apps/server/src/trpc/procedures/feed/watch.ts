import { feedHints } from '../../../instances/feed-hints.ts';
import { procedure } from '../../base.ts';

export const watch = procedure('signed-in').subscription(async function* ({ ctx: { installation }, signal }) {
  yield* feedHints(installation, signal ?? new AbortController().signal);
});
