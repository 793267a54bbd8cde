import type { Json, JsonObject } from '@perdure/graph';
import { isMoneyKey } from '../components/number-words.ts';
import { fieldLabel } from './field-label.ts';

type Scalar = string | number | boolean | null;

/** One thing to know about a task. `unit` belongs to the value (`12,480.50 EUR`), `notes` stand greyed behind it (`742 limit 50,000`). */
interface Fact {
  key: string;
  label: string;
  value: Scalar | Scalar[];
  unit?: string;
  notes?: { label: string | null; key: string; value: Scalar }[];
}

type Block =
  | { kind: 'records'; key: string; title: string; rows: JsonObject[]; total: { label: string; column: string; value: number } | null }
  | { kind: 'deep'; key: string; title: string; value: Json };

/**
 * How a task's context reads: plain fields as facts, lists of records as tables, anything deeper as data to unfold.
 * An amount takes its currency along, a small record becomes one fact with notes, and a number that is the sum of a table's column its last row.
 */
export function contextFacts(context: JsonObject): { facts: Fact[]; blocks: Block[] } {
  const facts: Fact[] = [];
  const blocks: Block[] = [];
  const entries = Object.entries(context);
  const used = new Set<string>();

  const records = entries.filter((entry): entry is [string, JsonObject[]] => isRecords(entry[1]));
  for (const [key, rows] of records) {
    const total = entries.flatMap(([name, value]) => {
      const column = typeof value === 'number' && /^(sub)?total/i.test(name) ? columnOfSum(rows, value) : undefined;
      return column === undefined || typeof value !== 'number' || used.has(name) ? [] : [{ name, column, value }];
    })[0];
    if (total) used.add(total.name);
    blocks.push({
      kind: 'records',
      key,
      title: fieldLabel(key),
      rows,
      total: total ? { label: fieldLabel(total.name), column: total.column, value: total.value } : null,
    });
    used.add(key);
  }

  const { currency } = context;
  const amountKey = isCurrency(currency)
    ? entries.find(([name, value]) => typeof value === 'number' && isMoneyKey(name) && !used.has(name))?.[0]
    : undefined;
  if (amountKey !== undefined) used.add('currency');

  for (const [key, value] of entries) {
    if (used.has(key)) continue;
    if (isScalar(value)) {
      facts.push({ key, label: fieldLabel(key), value, ...(key === amountKey && isCurrency(currency) ? { unit: currency } : {}) });
    } else if (isShortList(value)) facts.push({ key, label: fieldLabel(key), value });
    else if (isSmall(value)) facts.push(...factsOfRecord(key, value));
    else blocks.push({ kind: 'deep', key, title: fieldLabel(key), value });
  }
  return { facts, blocks };
}

/** `{ score: 742, limit: 50000 }` → “Credit score: 742 limit 50,000”; a record that does not begin with a number gives a fact per field. */
function factsOfRecord(key: string, record: JsonObject): Fact[] {
  const [first, ...rest] = Object.entries(record) as [string, Scalar][]; // isSmall: at least one field, all plain
  if (first === undefined) return [];
  const [name, value] = first;
  if (typeof value !== 'number') {
    return [first, ...rest].map(([inner, deep]) => ({
      key: inner,
      label: `${fieldLabel(key)} ${fieldLabel(inner).toLowerCase()}`,
      value: deep,
    }));
  }
  const currency = rest.find(([, other]) => isCurrency(other));
  return [
    {
      key: name,
      label: isMoneyKey(name) ? fieldLabel(key) : `${fieldLabel(key)} ${fieldLabel(name).toLowerCase()}`,
      value,
      ...(currency && typeof currency[1] === 'string' ? { unit: currency[1] } : {}),
      notes: rest
        .filter((entry) => entry !== currency && entry[1] !== null)
        .map(([inner, deep]) => ({ key: inner, value: deep, label: typeof deep === 'string' ? null : fieldLabel(inner).toLowerCase() })),
    },
  ];
}

function columnOfSum(rows: readonly JsonObject[], total: number): string | undefined {
  return Object.keys(rows[0] ?? {}).find((column) => {
    const values = rows.map((row) => row[column]);
    if (!values.every((value) => typeof value === 'number')) return false;
    // Cents add up to a little more or less than they should.
    return rows.length > 1 && Math.abs(values.reduce((sum, value) => sum + value, 0) - total) < 0.005;
  });
}

const isCurrency = (value: Json | undefined): value is string => typeof value === 'string' && /^[A-Z]{3}$/.test(value);
const isObject = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: Json): value is Scalar => typeof value !== 'object' || value === null;
const isShortList = (value: Json): value is Scalar[] => Array.isArray(value) && value.length <= 8 && value.every(isScalar);
const isSmall = (value: Json): value is JsonObject =>
  isObject(value) && Object.keys(value).length > 0 && Object.keys(value).length <= 4 && Object.values(value).every(isScalar);
export const isRecords = (value: Json): value is JsonObject[] => Array.isArray(value) && value.length > 0 && value.every(isObject);
