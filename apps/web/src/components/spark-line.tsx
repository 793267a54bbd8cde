/** The course of a number in a few pixels; its words stand beside it. */
export function SparkLine({
  values,
  color,
  width = 56,
  height = 22,
}: {
  values: readonly number[];
  color: string;
  width?: number;
  height?: number;
}) {
  const most = Math.max(...values);
  const least = Math.min(...values);
  if (values.length < 2) return null;
  const y = (value: number) => (most === least ? height : height - ((value - least) / (most - least)) * height);
  const path = values
    .map((value, i) => `${i === 0 ? 'M' : 'L'}${((i / (values.length - 1)) * width).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 -2 ${width} ${height + 4}`}
      aria-hidden="true"
      style={{ overflow: 'visible', flex: 'none' }}
    >
      <path d={path} fill="none" stroke={color} strokeWidth="1.4" strokeLinejoin="round" />
    </svg>
  );
}

/** As many values as there are points to draw, each the mean of those it stands for. */
export function thinned(values: readonly number[], count: number): number[] {
  const size = Math.max(1, values.length / count);
  return Array.from({ length: Math.min(count, values.length) }, (_, i) => {
    const part = values.slice(Math.floor(i * size), Math.max(Math.floor(i * size) + 1, Math.floor((i + 1) * size)));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
