import { readImport, type WorkflowImport } from '@perdure/graph';
import { useMemo, useState, type ReactNode } from 'react';
import { ImportReview } from './import-review.tsx';
import { ImportSource } from './import-source.tsx';

/** A text that may be a workflow, as it is being given and as it is read. */
export interface ImportText {
  text: string;
  reading: ReturnType<typeof readImport> | null;
  /** What would be taken. Null: nothing can be. */
  found: WorkflowImport | null;
  /** Why it was not taken. Another text is another try. */
  refused: string | null;
  /** Why there is nothing to take yet, for the button that would. */
  missing: string | null;
  setText(text: string): void;
  refuse(reason: string): void;
}

export function useImportText(given: string): ImportText {
  const [text, setText] = useState(given);
  const [refused, setRefused] = useState<string | null>(null);
  const reading = useMemo(() => (text.trim() === '' ? null : readImport(text)), [text]);
  const found = reading?.ok ? reading.import : null;
  return {
    text,
    reading,
    found,
    refused,
    missing: reading === null ? 'Choose a file or paste JSON' : found ? null : 'There is nothing in it to import',
    setText: (next) => {
      setRefused(null);
      setText(next);
    },
    refuse: setRefused,
  };
}

/** Where it comes from and what of it would be taken; below that, what is asked once there is something to take. */
export function ImportBody({ given, children }: { given: ImportText; children: ReactNode }) {
  const { text, reading, found, setText, refuse } = given;
  return (
    <>
      <ImportSource text={text} onText={setText} onRefused={refuse} />
      {reading?.ok === false ? (
        <p className="tr-refused" role="alert">
          <span className="b6">{reading.title}</span> {reading.detail}
        </p>
      ) : null}
      {found ? (
        <>
          <ImportReview given={found} />
          {children}
        </>
      ) : null}
    </>
  );
}
