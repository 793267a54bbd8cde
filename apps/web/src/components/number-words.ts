/** Words in a key that say its number is a name, not a quantity: a grouping comma would change how it reads. */
const names = new Set(
  'id no nr number num code year zip postcode postal phone fax version port account iban bic ref reference sku ean gtin seq serial key pin room line'.split(
    ' ',
  ),
);
/** Words in a key that say its number is money. */
const money = new Set(
  'amount price total subtotal sum cost costs fee fees net gross vat tax budget salary balance discount payment limit'.split(' '),
);

/**
 * Numbers as people read them, by what their key says: an order number digit by digit, money with both decimals as soon as one of
 * the `values` shown together has any, everything else grouped from 10,000 on.
 */
export function numberWords(key: string, values: readonly number[]): (value: number) => string {
  const words = wordsOf(key);
  if (words.some((word) => names.has(word))) return String;
  const isMoney = words.some((word) => money.has(word));
  const decimals = isMoney && values.some((value) => !Number.isInteger(value)) ? 2 : 0;
  return (value) =>
    Math.abs(value) >= 1e15
      ? String(value)
      : value.toLocaleString('en', {
          useGrouping: isMoney || Math.abs(value) >= 10_000,
          minimumFractionDigits: decimals,
          maximumFractionDigits: 20,
        });
}

/** Whether a key says that its number is money. */
export const isMoneyKey = (key: string): boolean => {
  const words = wordsOf(key);
  return words.some((word) => money.has(word)) && !words.some((word) => names.has(word));
};

function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}
