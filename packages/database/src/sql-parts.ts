import { sqlFile } from './sql-file.ts';

/**
 * The pieces of an .sql file of which a statement is put together: `-- part: name` begins one. `:name` in a piece stands for a value
 * (`::` is a cast, as ever).
 */
export function sqlParts(moduleUrl: string, name: string): (part: string) => string {
  const parts = new Map<string, string>();
  for (const piece of sqlFile(moduleUrl, name)
    .split(/^-- part: /m)
    .slice(1)) {
    const end = piece.indexOf('\n');
    parts.set(piece.slice(0, end).trim(), piece.slice(end + 1).trim());
  }
  return (part) => {
    const text = parts.get(part);
    if (text === undefined) throw new Error(`${name} has no part ${part}.`);
    return text;
  };
}

/** Collects the values of a statement: `bind` puts their places ($1, $2, …) where a piece names them. The same value has one place. */
export class SqlValues {
  readonly list: unknown[] = [];

  bind(piece: string, values: Readonly<Record<string, unknown>>): string {
    return piece.replaceAll(/(?<![:\w]):([a-zA-Z]+)/g, (_, name: string) => {
      if (!Object.hasOwn(values, name)) throw new Error(`No value for :${name}.`);
      return this.place(values[name]);
    });
  }

  place(value: unknown): string {
    const known = this.list.indexOf(value);
    return `$${known === -1 ? this.list.push(value) : known + 1}`;
  }
}
