import { Modal } from '@mantine/core';
import { mergeDocuments, type WorkflowDocument } from '@perdure/graph';
import { useMemo, useState } from 'react';
import { Button } from '../components/button.tsx';
import { formatMoment } from '../components/moment.ts';
import { useFocusReturn } from '../components/use-focus-return.ts';
import { downloadDocument } from './download-document.ts';
import type { Theirs } from './draft-saver.ts';
import { DiffView } from './versions/diff-view.tsx';
import { whoInWords } from '../components/who-in-words.ts';

/**
 * Two people changed one draft. Nothing is thrown away unseen: both are shown with what differs; one goes on and the other can be kept as a file,
 * or both are merged where they did not touch the same.
 */
export function ConflictDialog({
  opened,
  workflowKey,
  mine,
  theirs,
  base,
  onMine,
  onTheirs,
  onMerged,
  onClose,
}: {
  opened: boolean;
  workflowKey: string;
  mine: WorkflowDocument;
  theirs: Theirs;
  /** What both began from; null when it is not known any more. */
  base: WorkflowDocument | null;
  onMine(): void;
  onTheirs(): void;
  onMerged(document: WorkflowDocument): void;
  onClose(): void;
}) {
  useFocusReturn(opened);
  const [compared, setCompared] = useState<'both' | 'theirs' | 'mine'>('both');
  const merged = useMemo(() => (opened && base ? mergeDocuments(base, mine, theirs.document) : null), [opened, base, mine, theirs]);
  const conflicts = merged?.ok === false ? merged.conflicts : [];
  const names = useMemo(() => new Map([...theirs.document.nodes, ...mine.nodes].map(({ id, title }) => [id, title])), [mine, theirs]);
  const mergeRefusal = !merged
    ? 'What both began from is not known any more, so it cannot be told what each changed'
    : merged.ok
      ? null
      : `Both changed ${conflicts.length === 1 ? 'the same place' : `the same ${conflicts.length} places`}`;
  return (
    <Modal opened={opened} onClose={onClose} title="The draft has changed" size="min(1180px, 94vw)" returnFocus={false}>
      <p className="t2">
        {`This draft was saved by ${whoInWords(theirs.savedBy)} at ${formatMoment(theirs.savedAt)} while you were editing it. Yours is kept in this browser.`}
      </p>
      <div className="cf-bar">
        <div className="seg" role="group" aria-label="Compared">
          {(
            [
              ['both', 'Theirs to yours'],
              ['theirs', 'What they changed'],
              ['mine', 'What you changed'],
            ] as const
          ).map(([key, label]) => (
            <button
              key={key}
              type="button"
              className={compared === key ? 'on' : ''}
              aria-pressed={compared === key}
              disabled={key !== 'both' && base === null}
              title={key !== 'both' && base === null ? 'What the draft was before is not known' : undefined}
              onClick={() => setCompared(key)}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      <div className="cf-diff">
        <DiffView
          key={compared}
          before={compared === 'both' ? theirs.document : (base ?? theirs.document)}
          after={compared === 'theirs' ? theirs.document : mine}
          label="Both drafts"
          opensFirst
        />
      </div>
      {conflicts.length > 0 ? (
        <div className="cf-conflicts" role="note">
          <div className="b6">These cannot be merged</div>
          <ul>
            {conflicts.slice(0, 6).map(({ node, reason }) => (
              <li key={`${node ?? ''} ${reason}`}>{node ? `${names.get(node) ?? node}: ${reason}` : reason}</li>
            ))}
          </ul>
          {conflicts.length > 6 ? <p className="s12 t3">{`and ${conflicts.length - 6} more`}</p> : null}
        </div>
      ) : null}
      <div className="row g8" style={{ marginTop: 16 }}>
        <Button look="ghost" size="lg" onClick={() => downloadDocument(mine, `${workflowKey}-mine`)}>
          Download mine
        </Button>
        <span className="grow" />
        <Button
          size="lg"
          onClick={() => {
            downloadDocument(mine, `${workflowKey}-mine`);
            onTheirs();
          }}
        >
          Use theirs, keep mine as a file
        </Button>
        <Button size="lg" look="danger" onClick={onMine}>
          Replace theirs
        </Button>
        <Button
          size="lg"
          look="primary"
          refusal={mergeRefusal}
          onClick={() => {
            if (merged?.ok) onMerged(merged.document);
          }}
        >
          Merge both
        </Button>
      </div>
    </Modal>
  );
}
