import type { ReactNode } from 'react';

export interface TabItem<Key extends string> {
  key: Key;
  label: string;
  count?: ReactNode;
}

/** A row of tabs; arrows move between them, as the ARIA pattern asks. The panel is the caller's. */
export function Tabs<Key extends string>({
  items,
  value,
  onChange,
  label,
  height = 40,
  panelId,
}: {
  items: readonly TabItem<Key>[];
  value: Key;
  onChange: (key: Key) => void;
  label: string;
  height?: number;
  panelId?: string;
}) {
  return (
    <div className="tabs" role="tablist" aria-label={label} style={{ height }}>
      {items.map((item, index) => (
        <button
          key={item.key}
          type="button"
          role="tab"
          aria-selected={item.key === value}
          {...(panelId === undefined ? {} : { 'aria-controls': panelId })}
          tabIndex={item.key === value ? 0 : -1}
          onClick={() => onChange(item.key)}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            const next = items[(index + step + items.length) % items.length];
            if (!next) return;
            onChange(next.key);
            const sibling = event.currentTarget.parentElement?.children[(index + step + items.length) % items.length];
            if (sibling instanceof HTMLElement) sibling.focus();
          }}
        >
          {item.label}
          {item.count === undefined ? null : item.count}
        </button>
      ))}
    </div>
  );
}
