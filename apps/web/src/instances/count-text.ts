import type { CappedCount } from '@perdure/server/contract';

/** `1,384`, or `10,000+` where counting stopped. */
export function countText({ value, exact }: CappedCount): string {
  return `${value.toLocaleString('en')}${exact ? '' : '+'}`;
}
