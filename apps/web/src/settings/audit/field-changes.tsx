import type { Json } from '@perdure/graph';

/** What was changed, field by field: as it was, and as it is. */
export function FieldChanges({ before, after }: { before: Json; after: Json }) {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return (
    <table className="changes" aria-label="What was changed">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Value value={old[name]} look="old" />
            </td>
            <td>
              <Value value={now[name]} look="new" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value, look }: { value: Json | undefined; look: 'old' | 'new' }) {
  if (value === undefined || value === null || value === '') return <span className="t3">None</span>;
  return <pre className={`code ${look}`}>{typeof value === 'string' ? value : JSON.stringify(value, null, 2)}</pre>;
}

/** A value that has no fields is one. */
function fieldsOf(value: Json): { [name: string]: Json } {
  if (value === null) return {};
  return typeof value === 'object' && !Array.isArray(value) ? value : { value };
}
