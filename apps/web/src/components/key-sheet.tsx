import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFocusReturn } from './use-focus-return.ts';
import './key-sheet.css';

export interface KeyGroup {
  group: string;
  /** Each with the combinations that do it: `[['Ctrl', 'Z']]`. */
  rows: [string[][], string][];
}

/** Every key of a page, in groups. */
export function KeySheet({
  opened,
  onClose,
  groups,
  size = 880,
  children,
}: {
  opened: boolean;
  onClose(): void;
  groups: readonly KeyGroup[];
  size?: number;
  /** What stands below the keys. */
  children?: ReactNode;
}) {
  useFocusReturn(opened);
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size={size} returnFocus={false} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className="key-sheet">
        {groups
          .filter(({ rows }) => rows.length > 0)
          .map(({ group, rows }) => (
            <section key={group} aria-label={group}>
              <h3>{group}</h3>
              <dl>
                {rows.map(([combinations, words]) => (
                  <div key={words}>
                    <dt>{words}</dt>
                    <dd>
                      {combinations.map((keys, i) => (
                        <span key={keys.join('+')} className="row g4">
                          {i > 0 ? <span className="s12 t3">or</span> : null}
                          {keys.map((key) => (
                            <span key={key} className="kbd">
                              {key}
                            </span>
                          ))}
                        </span>
                      ))}
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
      </div>
      {children ? <p className="s12 t3 key-sheet-foot">{children}</p> : null}
    </Modal>
  );
}
