export function Logo() {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
      <rect width="24" height="24" rx="6.5" fill="var(--text-1)" />
      <path d="M8.2 15.6V10.4a3.9 3.9 0 1 1 3.9 3.9" fill="none" stroke="var(--surface)" strokeWidth="2.1" strokeLinecap="round" />
      <circle cx="8.2" cy="17.4" r="1.9" fill="var(--surface)" />
    </svg>
  );
}
