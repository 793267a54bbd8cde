import { FileButton, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { JsonField } from '../components/json-field.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { suggestKey } from './suggest-key.ts';
import { readWorkflowFile } from './workflow-file.ts';

/** Definitions may be 8 MB; a larger file is refused before it is read. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_PROBLEMS_SHOWN = 8;

export function ImportWorkflowDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return opened ? <OpenDialog onClose={onClose} /> : null;
}

function OpenDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [title, setTitle] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const result = useMemo(() => (text.trim() === '' ? null : readWorkflowFile(text)), [text]);
  const file = result?.ok ? result.file : null;
  const shownTitle = title ?? file?.title ?? '';
  const shownKey = key ?? file?.key ?? suggestKey(shownTitle);
  const create = useMutation(
    trpc.workflows.create.mutationOptions({
      onSuccess: (created) => void navigate({ to: '/workflows/$key', params: { key: created.key } }),
    }),
  );

  const readFile = (chosen: File | null) => {
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) {
      setTooLarge(`${chosen.name} is larger than 8 MB, the most a workflow may be.`);
      return;
    }
    setTooLarge(null);
    void chosen.text().then(setText);
  };

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Import a workflow"
      action="Import"
      size={560}
      busy={create.isPending}
      error={create.error ?? tooLarge}
      refusal={
        result === null
          ? 'Choose a file or paste JSON'
          : !result.ok
            ? 'Correct the JSON first'
            : shownTitle.trim() === ''
              ? 'Give it a title'
              : shownKey === ''
                ? 'Give it a key'
                : null
      }
      onAction={() => {
        if (file) create.mutate({ title: shownTitle.trim(), key: shownKey, document: file.document });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <div className="row g8">
          <FileButton accept="application/json,.json" onChange={readFile}>
            {(props) => (
              <Button {...props} icon={<IconFileImport className="ic" stroke={1.8} />}>
                Choose a file…
              </Button>
            )}
          </FileButton>
          <span className="t3">or paste it here. It becomes a draft; nothing runs.</span>
        </div>
        <JsonField label="Workflow as JSON" value={text} onChange={setText} rows={8} error={result?.ok === false ? result.title : null} />
        {result && !result.ok && result.problems.length > 0 ? (
          <ul role="alert" style={{ margin: 0, padding: 0, listStyle: 'none', display: 'grid', gap: 6, maxHeight: 180, overflow: 'auto' }}>
            {result.problems.slice(0, MOST_PROBLEMS_SHOWN).map((problem, at) => (
              <li key={at} className="row g8" style={{ alignItems: 'flex-start', ['--icon-cut' as string]: 'var(--raised)' }}>
                <span style={{ paddingTop: 3 }}>
                  <StatusIcon shape={problem.severity === 'error' ? 'error' : 'warning'} size={13} />
                </span>
                <span>
                  <span className="b5">{problem.title}</span> <span className="t2">{problem.detail}</span>
                </span>
              </li>
            ))}
            {result.problems.length > MOST_PROBLEMS_SHOWN ? (
              <li className="t3">and {result.problems.length - MOST_PROBLEMS_SHOWN} more</li>
            ) : null}
          </ul>
        ) : null}
        {file ? (
          <div style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 12 }}>
            <TextInput label="Title" value={shownTitle} onChange={(event) => setTitle(event.currentTarget.value)} maxLength={120} />
            <TextInput
              label="Key"
              value={shownKey}
              onChange={(event) => setKey(event.currentTarget.value)}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
            />
          </div>
        ) : null}
      </div>
    </Dialog>
  );
}
