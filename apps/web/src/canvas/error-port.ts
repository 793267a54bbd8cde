/** Overdue and timeout leave at the right, too, but are no errors: circles and grey edges. */
export function isErrorPort(type: string, port: string): boolean {
  return !(type === 'humanTask' && port === 'overdue') && !(type === 'event' && port === 'timeout');
}
