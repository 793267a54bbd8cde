/** SQLSTATE classes 22 (data) and 23 (constraint), and 54 (limits): repeating the same statement cannot help. */
export function isRefusedContent(error: Error): boolean {
  const code: unknown = (error as Error & { code?: unknown }).code;
  return typeof code === 'string' && code.length === 5 && (code.startsWith('22') || code.startsWith('23') || code.startsWith('54'));
}
