import { Modal, Select } from '@mantine/core';
import type { VersionSummary } from '@perdure/server/contract';
import { IconArrowBackUp, IconPencil, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { WorkflowDocument } from '@perdure/graph';
import { useEffect, useMemo, useRef, useState } from 'react';
import { trpc } from '../../api/trpc.ts';
import { GraphCanvas, emptySelection, type Selection } from '../../canvas/graph-canvas.tsx';
import { ZoomBar } from '../../canvas/zoom-bar.tsx';
import { Button } from '../../components/button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Kbd } from '../../components/kbd.tsx';
import { formatMoment } from '../../components/moment.ts';
import { toast } from '../../components/toast.tsx';
import { useFocusReturn } from '../../components/use-focus-return.ts';
import { DesignerModel } from '../designer-model.ts';
import { Inspector } from '../inspector.tsx';
import { useDesigner, useDesignerValue } from '../use-designer.ts';
import { DescribeVersionDialog } from './describe-version-dialog.tsx';
import { DiffView } from './diff-view.tsx';
import type { Ref, VersionsSearch } from './versions-search.ts';
import { whoInWords } from '../../components/who-in-words.ts';

/** All versions of the workflow: what each is, what runs on it, what differs between any two, and the way back to one. */
export function VersionsDialog({ opened: asked, onClose: onTaken }: { opened: boolean; onClose(): void }) {
  const search = useSearch({ from: '/shell/workflows/$key' });
  const navigate = useNavigate({ from: '/workflows/$key' });
  const designer = useDesigner();
  // Whoever asks for it is shown its address: what is open, and what is compared, stands there alone.
  const taken = useRef(onTaken);
  useEffect(() => {
    if (!asked) return;
    taken.current();
    const latest = designer.state.getState().published.version;
    void navigate({ search: { version: designer.differs || latest === null ? 'draft' : latest } });
  }, [asked, designer, navigate]);
  const opened = search.version !== undefined;
  const onClose = () => void navigate({ search: {}, replace: true });
  useFocusReturn(opened);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      fullScreen
      withCloseButton={false}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      padding={0}
      title="Versions"
      classNames={{ header: 'visually-hidden', body: 'vs-body' }}
      styles={{ content: { borderRadius: 0, border: 0 }, body: { padding: 0 } }}
    >
      {search.version === undefined ? null : <Versions shown={{ ...search, version: search.version }} onClose={onClose} />}
    </Modal>
  );
}

function Versions({ shown, onClose }: { shown: VersionsSearch & { version: Ref }; onClose(): void }) {
  const navigate = useNavigate({ from: '/workflows/$key' });
  const { key, may, model } = useDesigner();
  const versions = useQuery(trpc.workflows.versions.queryOptions({ key }, { staleTime: 0 }));
  const differs = useDesignerValue((designer) => designer.differs);
  const show = (search: VersionsSearch) => void navigate({ search, replace: true });
  const mode = shown.whole ? 'whole' : 'changes';
  const [described, setDescribed] = useState<VersionSummary | null>(null);

  const known = versions.data ?? [];
  const latest = known[0]?.version ?? null;
  const to = shown.version;
  const from = shown.from ?? baseOf(to, known);
  /** How it is looked at stays when another one is. */
  const kept = shown.whole ? ({ whole: true } as const) : {};
  const after = useDocument(to);
  const before = useDocument(from);

  const restore = (version: number, document: WorkflowDocument): void => {
    const did = model.change(`Restore v${version}`, () => document);
    onClose();
    toast({
      title: did ? `v${version} is the draft now` : `The draft is v${version} already`,
      ...(did && { detail: 'Nothing is published by it.', action: { label: 'Undo', run: () => model.undo() } }),
    });
  };

  return (
    <>
      <header className="vs-top">
        <h2 className="b6">Versions</h2>
        <span className="divider" />
        <div className="seg" role="group" aria-label="Shown">
          <button
            type="button"
            className={mode === 'changes' ? 'on' : ''}
            aria-pressed={mode === 'changes'}
            onClick={() => show({ version: to, ...(shown.from !== undefined && { from: shown.from }) })}
          >
            Changes
          </button>
          <button
            type="button"
            className={mode === 'whole' ? 'on' : ''}
            aria-pressed={mode === 'whole'}
            onClick={() => show({ ...shown, whole: true })}
          >
            {`Only ${nameOf(to)}`}
          </button>
        </div>
        {mode === 'changes' ? (
          <>
            {from === null ? (
              <span className="t3">{`Nothing before ${nameOf(to)}`}</span>
            ) : (
              <>
                <RefSelect label="From" value={from} versions={known} onChange={(ref) => show({ version: to, from: ref })} />
                <span className="t3">to</span>
                <RefSelect label="To" value={to} versions={known} onChange={(ref) => show({ version: ref, from })} />
              </>
            )}
          </>
        ) : null}
        <span className="grow" />
        {typeof to === 'number' ? (
          <Button
            icon={<IconArrowBackUp className="ic" aria-hidden="true" />}
            refusal={!may.edit ? 'Your role may look at this workflow, not change it' : after.document ? null : 'Loading the version'}
            onClick={() => after.document && restore(to, after.document)}
          >
            {`Restore ${nameOf(to)} as draft`}
          </Button>
        ) : null}
        <Kbd>Esc</Kbd>
        <Button look="ghost" icon={<IconX className="ic" aria-hidden="true" />} aria-label="Close" onClick={onClose} />
      </header>
      <div className="vs-work">
        <nav className="vs-versions" aria-label="Versions">
          {versions.isError ? <ErrorState error={versions.error} onRetry={() => void versions.refetch()} /> : null}
          <ul>
            <DraftRow isOn={to === 'draft'} differs={differs} onPick={() => show({ version: 'draft', ...kept })} />
            {known.map((version) => (
              <VersionRow
                key={version.version}
                version={version}
                workflowKey={key}
                isLatest={version.version === latest}
                isOn={to === version.version}
                onPick={() => show({ version: version.version, ...kept })}
                onDescribe={may.publish ? () => setDescribed(version) : null}
              />
            ))}
          </ul>
          {versions.isSuccess && known.length === 0 ? (
            <p className="vs-none">Nothing is published yet. Publishing makes the first version, and every one stays here.</p>
          ) : null}
        </nav>
        {(before.error ?? after.error) ? (
          <ErrorState error={before.error ?? after.error} />
        ) : !after.document || (mode === 'changes' && from !== null && !before.document) ? (
          <div role="status" aria-label="Loading the versions" className="ds-loading" />
        ) : mode === 'whole' || from === null || !before.document ? (
          <WholeVersion key={String(to)} document={after.document} label={nameOf(to)} />
        ) : (
          <DiffView key={`${from} ${to}`} before={before.document} after={after.document} label={`${nameOf(from)} to ${nameOf(to)}`} />
        )}
      </div>
      {described ? <DescribeVersionDialog workflowKey={key} version={described} onClose={() => setDescribed(null)} /> : null}
    </>
  );
}

/** A version as it was published, to look at: the canvas, and the settings of the node that is selected. */
function WholeVersion({ document, label }: { document: WorkflowDocument; label: string }) {
  const [selection, setSelection] = useState<Selection>(emptySelection);
  const model = useMemo(() => new DesignerModel(document, false, () => undefined), [document]);
  const [only] = selection.nodes;
  const node = selection.nodes.size === 1 ? document.nodes.find(({ id }) => id === only) : undefined;
  return (
    <div className="vs-diff">
      <div className="vs-stage">
        <div className="vs-canvas">
          <GraphCanvas document={document} selection={selection} onSelectionChange={setSelection} label={label}>
            <ZoomBar side="left" />
          </GraphCanvas>
        </div>
      </div>
      {node ? (
        <Inspector key={node.type} model={model} node={node} document={document} problems={[]} readOnly sample={null} focusField={null} />
      ) : (
        <section className="vs-changes" aria-label="Version">
          <p className="vs-none">Select a node to see its settings. A version never changes; restore it as draft to go on from it.</p>
        </section>
      )}
    </div>
  );
}

function DraftRow({ isOn, differs, onPick }: { isOn: boolean; differs: boolean; onPick(): void }) {
  return (
    <li className={`vs-row ${isOn ? 'on' : ''}`}>
      <button type="button" className="plain vs-pick" aria-current={isOn} onClick={onPick}>
        <span className="b6">Draft</span>
        <span className="s12 t3">{differs ? 'Not published yet' : 'Same as the latest version'}</span>
      </button>
    </li>
  );
}

function VersionRow({
  version,
  workflowKey,
  isLatest,
  isOn,
  onPick,
  onDescribe,
}: {
  version: VersionSummary;
  workflowKey: string;
  isLatest: boolean;
  isOn: boolean;
  onPick(): void;
  onDescribe: (() => void) | null;
}) {
  return (
    <li className={`vs-row ${isOn ? 'on' : ''}`}>
      <button type="button" className="plain vs-pick" aria-current={isOn} onClick={onPick}>
        <span className="row g6">
          <span className="b6 num">{`v${version.version}`}</span>
          {version.name === '' ? null : <span className="ell b5">{version.name}</span>}
          {isLatest ? <span className="tag">Latest</span> : null}
        </span>
        {version.note === '' ? null : <span className="s12 t2 vs-note">{version.note}</span>}
        <span className="s12 t3 num">{`${formatMoment(version.publishedAt)}, ${whoInWords(version.publishedBy)}`}</span>
      </button>
      <div className="vs-row-foot">
        {version.liveInstances === 0 ? (
          <span className="s12 t3">Nothing runs on it</span>
        ) : (
          <Link
            to="/instances"
            search={{ workflow: [workflowKey], version: version.version, status: ['Pending', 'Running', 'Waiting', 'Suspended'] }}
            className="lnk s12 num"
          >
            {`${version.liveInstances.toLocaleString('en')} running on it`}
          </Link>
        )}
        <span className="grow" />
        {onDescribe ? (
          <Button
            size="sm"
            look="ghost"
            icon={<IconPencil className="ic" size={14} aria-hidden="true" />}
            aria-label={`Name and note of v${version.version}…`}
            onClick={onDescribe}
          />
        ) : null}
      </div>
    </li>
  );
}

function RefSelect({
  label,
  value,
  versions,
  onChange,
}: {
  label: string;
  value: Ref | null;
  versions: readonly VersionSummary[];
  onChange(ref: Ref): void;
}) {
  return (
    <Select
      size="sm"
      w={168}
      aria-label={label}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true, zIndex: 400 }}
      value={value === null ? null : String(value)}
      data={[
        { value: 'draft', label: 'Draft' },
        ...versions.map(({ version, name }) => ({ value: String(version), label: name === '' ? `v${version}` : `v${version} ${name}` })),
      ]}
      onChange={(text) => text !== null && onChange(text === 'draft' ? 'draft' : Number(text))}
    />
  );
}

/** Versions never change: once loaded, always right. */
function useDocument(ref: Ref | null): { document: WorkflowDocument | null; error: unknown } {
  const { key } = useDesigner();
  const draft = useDesignerValue(({ model }) => model.document);
  const version = useQuery(
    trpc.workflows.version.queryOptions(
      { key, version: typeof ref === 'number' ? ref : 1 },
      { enabled: typeof ref === 'number', staleTime: Infinity },
    ),
  );
  if (ref === 'draft') return { document: draft, error: null };
  if (ref === null) return { document: null, error: null };
  return { document: version.data?.document ?? null, error: version.error };
}

/** What a version is compared with unless told otherwise: the one before it. */
function baseOf(to: Ref, versions: readonly VersionSummary[]): Ref | null {
  if (to === 'draft') return versions[0]?.version ?? null;
  return versions.find(({ version }) => version < to)?.version ?? null;
}

function nameOf(ref: Ref): string {
  return ref === 'draft' ? 'draft' : `v${ref}`;
}
