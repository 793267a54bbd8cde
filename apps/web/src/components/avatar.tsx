/** Initials. The name stands beside it, so it is decoration. */
export function Avatar({ name, size = 'md' }: { name: string; size?: 'xs' | 'sm' | 'md' }) {
  const words = name.trim().split(/\s+/);
  const initials = ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
  return (
    <span className={size === 'md' ? 'avatar' : `avatar ${size}`} aria-hidden="true">
      {initials}
    </span>
  );
}
