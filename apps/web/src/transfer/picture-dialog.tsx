import { Switch } from '@mantine/core';
import type { WorkflowDocument } from '@perdure/graph';
import { useEffect, useState } from 'react';
import { Dialog } from '../components/dialog.tsx';
import type { Picture } from './draw-svg.ts';
import { drawPicture, pngOf, pngRefusal, type PictureScheme } from './picture.tsx';
import { saveFile } from './save-file.ts';
import './transfer.css';

const formats = [
  ['svg', 'SVG'],
  ['png', 'PNG'],
] as const;
const parts = [
  ['all', 'Everything'],
  ['selected', 'Selection'],
] as const;
const schemes = [
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;
const scales = [
  ['1', '1×'],
  ['2', '2×'],
  ['3', '3×'],
] as const;

/** The drawing as a file: SVG or PNG, everything or what is selected, light, dark or see-through. */
export function PictureDialog({
  workflowKey,
  document,
  selected,
  onClose,
}: {
  workflowKey: string;
  document: WorkflowDocument;
  /** With what is inside containers; empty when nothing is selected. */
  selected: ReadonlySet<string>;
  onClose(): void;
}) {
  const [format, setFormat] = useState<'svg' | 'png'>('svg');
  const [part, setPart] = useState<'all' | 'selected'>(selected.size > 0 ? 'selected' : 'all');
  const [scheme, setScheme] = useState<PictureScheme>(
    globalThis.document.documentElement.dataset['mantineColorScheme'] === 'dark' ? 'dark' : 'light',
  );
  const [background, setBackground] = useState(true);
  const [scaleText, setScale] = useState<'1' | '2' | '3'>('2');
  const scale = Number(scaleText);
  const [picture, setPicture] = useState<Picture | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let isLatest = true;
    drawPicture(document, { scheme, background, only: part === 'selected' ? selected : null }).then(
      (drawn) => isLatest && setPicture(drawn),
      (failed: unknown) => isLatest && setError(failed),
    );
    return () => {
      isLatest = false;
    };
  }, [background, document, part, scheme, selected]);

  const tooLarge = format === 'png' && picture ? pngRefusal(picture, scale) : null;
  const save = async (): Promise<void> => {
    if (!picture) return;
    setBusy(true);
    try {
      const content = format === 'png' ? await pngOf(picture, scale) : new Blob([picture.svg], { type: 'image/svg+xml' });
      saveFile(`${workflowKey}.${format}`, content);
      onClose();
    } catch (failed) {
      setError(failed);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Export as a picture"
      action={format === 'svg' ? 'Save SVG' : 'Save PNG'}
      size={560}
      busy={busy}
      error={error ?? tooLarge}
      refusal={picture ? tooLarge : 'Drawing'}
      onAction={() => void save()}
    >
      {picture ? (
        <Preview picture={picture} isDark={scheme === 'dark'} />
      ) : (
        <div className="tr-preview" role="status" aria-label="Drawing" />
      )}
      <div className="tr-options">
        <Choice label="Format" value={format} options={formats} onChange={setFormat} />
        <Choice label="Part" value={part} options={selected.size > 0 ? parts : parts.slice(0, 1)} onChange={setPart} />
        <Choice label="Colours" value={scheme} options={schemes} onChange={setScheme} />
        {format === 'png' ? <Choice label="Scale" value={scaleText} options={scales} onChange={setScale} /> : null}
        <Switch label="Background" checked={background} onChange={(event) => setBackground(event.currentTarget.checked)} />
      </div>
      {picture ? (
        <p className="s12 t3 num">
          {format === 'png'
            ? `${Math.round(picture.width * scale).toLocaleString('en')} × ${Math.round(picture.height * scale).toLocaleString('en')} pixels`
            : `${picture.width.toLocaleString('en')} × ${picture.height.toLocaleString('en')}, the typeface is inside the file`}
        </p>
      ) : null}
    </Dialog>
  );
}

function Preview({ picture, isDark }: { picture: Picture; isDark: boolean }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([picture.svg], { type: 'image/svg+xml' }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [picture]);
  return (
    <div className={`tr-preview ${isDark ? 'dark' : ''}`}>
      {url === null ? null : <img src={url} alt="The picture as it will be saved" />}
    </div>
  );
}

function Choice<Key extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: NoInfer<Key>;
  options: readonly (readonly [Key, string])[];
  onChange(key: NoInfer<Key>): void;
}) {
  return (
    <div className="tr-choice">
      <span className="label">{label}</span>
      <div className="seg" role="group" aria-label={label}>
        {options.map(([key, words]) => (
          <button key={key} type="button" className={key === value ? 'on' : ''} aria-pressed={key === value} onClick={() => onChange(key)}>
            {words}
          </button>
        ))}
      </div>
    </div>
  );
}
