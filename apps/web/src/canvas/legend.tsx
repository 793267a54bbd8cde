export function Legend() {
  return (
    <div className="wf-legend" aria-label="Edges" role="list">
      {(['active', 'taken', 'idle'] as const).map((tone) => (
        <span key={tone} role="listitem">
          <svg width="18" height="6" aria-hidden="true">
            <path className={`wf-edge ${tone}`} d="M0 3H18" />
          </svg>
          {{ active: 'Active', taken: 'Taken', idle: 'Not taken' }[tone]}
        </span>
      ))}
    </div>
  );
}
