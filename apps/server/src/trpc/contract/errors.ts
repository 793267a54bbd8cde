/** What every error carries; the codes are listed in docs/errors.md. */
import type { Json } from '@perdure/graph';

/** What every error carries, in `data.perdure` of a tRPC error and in `error` of an HTTP answer. */
export interface PerdureError {
  code: string;
  message: string;
  details?: Json;
}

/** One entry of the details of `input.invalid`. `field` is a path: `document.nodes.0.id`. */
export interface FieldProblem {
  field: string;
  message: string;
}
