export function Skeleton({ width = '100%', height = 12 }: { width?: number | string; height?: number }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** Loading rows in the proportions of the list that will stand there. */
export function SkeletonRows({ rows, height = 36, label }: { rows: number; height?: number; label: string }) {
  return (
    <div role="status" aria-label={label} style={{ padding: '0 20px' }}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="row g16" style={{ height }}>
          <Skeleton width={70} />
          <Skeleton width={110} />
          <Skeleton width={140} />
          <Skeleton width={`${30 + ((row * 17) % 25)}%`} />
        </div>
      ))}
    </div>
  );
}
