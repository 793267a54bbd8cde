import { FileButton, Textarea } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useState, type DragEvent } from 'react';
import { Button } from '../components/button.tsx';

/** Definitions may be 8 MB; a larger file is refused before it is read. */
const mostBytes = 8 * 1024 * 1024;

export type ReadText = { ok: true; text: string } | { ok: false; reason: string };

export async function readTextFile(file: File): Promise<ReadText> {
  if (file.size > mostBytes) return { ok: false, reason: `${file.name} is larger than 8 MB, the most a workflow may be.` };
  return { ok: true, text: await file.text() };
}

/** True while a file is dragged over the page; the handlers go on the element that takes it. */
export function useFileDrop(onFile: (file: File) => void): {
  isOver: boolean;
  handlers: { onDragOver(event: DragEvent): void; onDragLeave(event: DragEvent): void; onDrop(event: DragEvent): void };
} {
  const [isOver, setIsOver] = useState(false);
  return {
    isOver,
    handlers: {
      onDragOver: (event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setIsOver(true);
      },
      onDragLeave: (event) => {
        if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setIsOver(false);
      },
      onDrop: (event) => {
        setIsOver(false);
        const [file] = event.dataTransfer.files;
        if (!file) return;
        event.preventDefault();
        onFile(file);
      },
    },
  };
}

/** Where an import comes from: a file, or text that is pasted. */
export function ImportSource({ text, onText, onRefused }: { text: string; onText(text: string): void; onRefused(reason: string): void }) {
  return (
    <div className="tr-source">
      <div className="row g8">
        <FileButton
          accept="application/json,.json"
          onChange={(file) => {
            if (file) void readTextFile(file).then((read) => (read.ok ? onText(read.text) : onRefused(read.reason)));
          }}
        >
          {(props) => (
            <Button {...props} icon={<IconFileImport className="ic" stroke={1.8} aria-hidden="true" />}>
              Choose a file…
            </Button>
          )}
        </FileButton>
        <span className="t3">or paste it here. Nothing runs and nothing is published by it.</span>
      </div>
      <Textarea
        label="Workflow as JSON"
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
        rows={text === '' ? 8 : 2}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12, lineHeight: '19px' } }}
      />
    </div>
  );
}
