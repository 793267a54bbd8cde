import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { CappedCount, InstanceFilterInput } from '@perdure/server/contract';
import { Button } from '../components/button.tsx';
import { countText } from './count-text.ts';
import { selectedCount, type Selection } from './selection.ts';

/** What is chosen and what can be done with it, floating above the end of the list. The actions are the caller's. */
export function SelectionBar({
  selection,
  filter,
  total,
  onChange,
  onClear,
  children,
}: {
  selection: Selection;
  /** What the whole list shows. */
  filter: InstanceFilterInput;
  /** Null until it is counted. */
  total: CappedCount | null;
  onChange: (selection: Selection) => void;
  onClear: () => void;
  children?: ReactNode;
}) {
  const count = selectedCount(selection);
  if (count.value === 0) return null;
  return (
    <div className="bulk" role="toolbar" aria-label="Selected instances">
      <span className="b6 num count" role="status">
        {countText(count)} selected
      </span>
      {selection.of === 'rows' && total !== null && (total.value > count.value || !total.exact) ? (
        <button type="button" className="plain lnk" onClick={() => onChange({ of: 'filter', filter, count: total })}>
          Select all {countText(total)}
        </button>
      ) : null}
      <span className="divider" />
      {children}
      <span className="divider" />
      <Button look="ghost" aria-label="Clear the selection" icon={<IconX className="ic" stroke={1.8} />} onClick={onClear} />
    </div>
  );
}
