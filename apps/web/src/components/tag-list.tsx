/** The first few tags; the rest as a number that names them when it is pointed at. */
export function TagList({ tags, most }: { tags: readonly string[]; most: number }) {
  // "+1" takes as much room as most tags do.
  const shown = tags.length === most + 1 ? tags : tags.slice(0, most);
  const rest = tags.slice(shown.length);
  return (
    <span className="row g4">
      {shown.map((tag) => (
        <span key={tag} className="tag ell" title={tag}>
          {tag}
        </span>
      ))}
      {rest.length === 0 ? null : (
        <span className="tag nowrap" title={rest.join(', ')}>
          +{rest.length}
          <span className="visually-hidden"> more: {rest.join(', ')}</span>
        </span>
      )}
    </span>
  );
}
