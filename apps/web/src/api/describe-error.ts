import { TRPCClientError } from '@trpc/client';

/** An error in words for a person. `transient`: the same request may succeed a moment later. */
export interface DescribedError {
  code: string;
  title: string;
  detail: string;
  transient: boolean;
  /** Of `input.invalid` and `form.invalid`: what is wrong with which field. */
  fields: { field: string; message: string }[];
}

/** The server's errors carry `data.perdure` = { code, message, details? } (docs/errors.md); everything else is the line. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof TRPCClientError) {
    // The client's error is generic over the router; the shape was settled in the contract and is checked field by field here.
    const data = error.data as
      | { perdure?: { code?: unknown; message?: unknown; details?: unknown }; httpStatus?: unknown }
      | null
      | undefined;
    const perdure = data?.perdure;
    if (perdure && typeof perdure.code === 'string' && typeof perdure.message === 'string') {
      return {
        code: perdure.code,
        title: firstSentence(perdure.message),
        detail: afterFirstSentence(perdure.message),
        transient: data?.httpStatus === 503,
        fields: fieldsOf(perdure.details),
      };
    }
    if (data && typeof data.httpStatus === 'number' && data.httpStatus < 500) {
      return { code: `http.${data.httpStatus}`, title: 'The server refused this.', detail: error.message, transient: false, fields: [] };
    }
    return {
      code: 'unreachable',
      title: 'Perdure does not answer.',
      detail: 'Nothing is lost: running instances go on. Trying again.',
      transient: true,
      fields: [],
    };
  }
  if (typeof error === 'string') return { code: 'said', title: error, detail: '', transient: false, fields: [] };
  return {
    code: 'unexpected',
    title: 'This page ran into a fault.',
    detail: error instanceof Error ? error.message : String(error),
    transient: false,
    fields: [],
  };
}

/** One line: for toasts and field errors. */
export function errorText(error: unknown): string {
  const { title, detail } = describeError(error);
  return detail === '' ? title : `${title} ${detail}`;
}

function firstSentence(text: string): string {
  const end = text.search(/[.:] /);
  return end === -1 || text[end] === ':' ? text : text.slice(0, end + 1);
}

function afterFirstSentence(text: string): string {
  return text.slice(firstSentence(text).length).trim();
}

function fieldsOf(details: unknown): { field: string; message: string }[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { field, message } = entry as { field?: unknown; message?: unknown };
    return typeof message === 'string' ? [{ field: typeof field === 'string' ? field : '', message }] : [];
  });
}
