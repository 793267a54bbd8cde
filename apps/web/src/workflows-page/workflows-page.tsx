import { Menu } from '@mantine/core';
import {
  IconDots,
  IconDownload,
  IconFolder,
  IconPencil,
  IconPlayerPlay,
  IconPlus,
  IconSitemap,
  IconUpload,
  IconListDetails,
  IconListSearch,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { WorkflowSummary } from '@perdure/server/contract';
import { trpc } from '../api/trpc.ts';
import { useMayIn } from '../api/use-me.ts';
import { useRefusal } from '../api/use-refusal.ts';
import { ActionItem } from '../components/action-item.tsx';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListColumn, ListTable, RowActions } from '../components/list-table.tsx';
import { Loaded } from '../components/loaded.tsx';
import { formatMoment } from '../components/moment.ts';
import { SearchField } from '../components/search-field.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { StartInstanceDialog } from '../instances/start-instance-dialog.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { exportWorkflow } from '../transfer/export-workflow.ts';
import { readTextFile, useFileDrop } from '../transfer/import-source.tsx';
import { RenameWorkflowDialog } from './rename-workflow-dialog.tsx';
import { NewWorkflowDialog } from './new-workflow-dialog.tsx';
import '../transfer/transfer.css';
import './workflows.css';

/** With its preview it brings the canvas along. */
const ImportWorkflowDialog = lazy(() =>
  import('./import-workflow-dialog.tsx').then((module) => ({ default: module.ImportWorkflowDialog })),
);

type OpenDialog =
  | { kind: 'new'; browse: boolean }
  | { kind: 'import'; text: string }
  | { kind: 'start'; key: string }
  | { kind: 'rename'; workflow: WorkflowSummary }
  | null;

export function WorkflowsPage() {
  useDocumentTitle('Workflows');
  const [text, setText] = useState('');
  const [dialog, setDialog] = useState<OpenDialog>(null);
  // A new one goes to a folder where they may.
  const refusal = useRefusal('workflow.edit', null);
  const list = useQuery(trpc.workflows.list.queryOptions(text === '' ? {} : { text }, { placeholderData: keepPreviousData }));
  const { isOver, handlers } = useFileDrop((file) => {
    void readTextFile(file).then((read) => {
      if (refusal !== null || !read.ok) toast({ shape: 'warning', title: 'Not imported', detail: refusal ?? (read.ok ? '' : read.reason) });
      else setDialog({ kind: 'import', text: read.text });
    });
  });
  return (
    <>
      <TopBar>
        <h1>Workflows</h1>
        <span style={{ marginLeft: 8 }}>
          <LiveMark />
        </span>
        <span className="grow" />
        <SearchField label="Search workflows" width={200} value={text} onChange={setText} />
        <Button
          className="wordy"
          icon={<IconUpload className="ic" stroke={1.8} />}
          refusal={refusal}
          onClick={() => setDialog({ kind: 'import', text: '' })}
        >
          Import…
        </Button>
        <Button
          look="primary"
          className="wordy"
          icon={<IconPlus className="ic" stroke={1.8} />}
          refusal={refusal}
          onClick={() => setDialog({ kind: 'new', browse: false })}
        >
          New workflow…
        </Button>
      </TopBar>
      <div className="scroll" style={{ background: 'var(--surface)', position: 'relative' }} {...handlers}>
        {isOver ? <div className="tr-drop">Drop the file to look at it</div> : null}
        <Loaded query={list} rows={6} height={44} label="Loading workflows">
          {(rows) =>
            rows.length > 0 ? (
              <WorkflowTable
                rows={rows}
                onStart={(key) => setDialog({ kind: 'start', key })}
                onRename={(workflow) => setDialog({ kind: 'rename', workflow })}
              />
            ) : text === '' ? (
              <EmptyState
                icon={<IconSitemap className="ic" stroke={1.8} />}
                title="No workflows yet"
                actions={
                  <>
                    <Button look="primary" refusal={refusal} onClick={() => setDialog({ kind: 'new', browse: true })}>
                      Begin with a template…
                    </Button>
                    <Button refusal={refusal} onClick={() => setDialog({ kind: 'new', browse: false })}>
                      Blank workflow…
                    </Button>
                    <Button refusal={refusal} onClick={() => setDialog({ kind: 'import', text: '' })}>
                      Import…
                    </Button>
                  </>
                }
              >
                A workflow is drawn on a canvas, published as a version, and then run as often as you like.
              </EmptyState>
            ) : (
              <EmptyState title={`No workflow is called “${text}”`}>Search for a part of its title or key.</EmptyState>
            )
          }
        </Loaded>
      </div>
      <NewWorkflowDialog opened={dialog?.kind === 'new'} browse={dialog?.kind === 'new' && dialog.browse} onClose={() => setDialog(null)} />
      {dialog?.kind === 'import' ? (
        <Suspense fallback={null}>
          <ImportWorkflowDialog key={dialog.text} text={dialog.text} onClose={() => setDialog(null)} />
        </Suspense>
      ) : null}
      {dialog?.kind === 'rename' ? <RenameWorkflowDialog workflow={dialog.workflow} onClose={() => setDialog(null)} /> : null}
      <StartInstanceDialog
        opened={dialog?.kind === 'start'}
        onClose={() => setDialog(null)}
        {...(dialog?.kind === 'start' ? { workflowKey: dialog.key } : {})}
      />
    </>
  );
}

interface RowActions {
  onStart: (key: string) => void;
  onRename: (workflow: WorkflowSummary) => void;
}

const COLUMNS: readonly ListColumn[] = [
  { title: 'Workflow' },
  { title: 'Version', width: 110 },
  { title: 'Draft', width: 200 },
  { title: 'Live instances', width: 130, align: 'end' },
  { title: 'Last started', width: 150 },
  { title: 'Actions', width: 160, actions: true },
];

function WorkflowTable({ rows, onStart, onRename }: { rows: WorkflowSummary[] } & RowActions) {
  const mayReadAudit = useMayIn('audit.read', '');
  const navigate = useNavigate();
  return (
    <ListTable label="Workflows" className="list-wide list-under-bar list-tall wf-list" columns={COLUMNS}>
      {rows.map((workflow) => (
        <tr key={workflow.key}>
          <td>
            <div className="row g8">
              <Link to="/workflows/$key" params={{ key: workflow.key }} className="b6 ell">
                {workflow.title}
              </Link>
              {workflow.sample ? <span className="tag">Sample</span> : null}
              {workflow.folder === '' ? null : <span className="tag line ell">{workflow.folder}</span>}
            </div>
            <div className="s12 t3 ell">
              <span className="mono">{workflow.key}</span>
              {workflow.description === '' ? '' : `, ${workflow.description}`}
            </div>
          </td>
          <td className="num">
            {workflow.latestVersion === null ? <span className="t3">Not published</span> : `v${workflow.latestVersion}`}
          </td>
          <td className="ell">
            {workflow.hasUnpublishedChanges || workflow.latestVersion === null ? (
              <>
                <span className="b5">Unpublished changes</span>
                <div className="s12 t3 ell num">
                  {formatMoment(workflow.draftSavedAt)}, {workflow.draftSavedBy}
                </div>
              </>
            ) : (
              <span className="t3">Same as v{workflow.latestVersion}</span>
            )}
          </td>
          <td className="num end">
            {workflow.liveInstances === 0 ? (
              <span className="t3">0</span>
            ) : (
              <Link
                to="/instances"
                search={{ workflow: [workflow.key], status: ['Pending', 'Running', 'Waiting', 'Suspended'] }}
                className="lnk"
              >
                {workflow.liveInstances.toLocaleString('en')}
                <span className="visually-hidden"> live instances of {workflow.title}</span>
              </Link>
            )}
          </td>
          <td className="num t2">
            {workflow.lastStartedAt === null ? <span className="t3">Never</span> : formatMoment(workflow.lastStartedAt)}
          </td>
          <RowActions>
            <StartButton workflow={workflow} onStart={onStart} />
            <Menu width={200}>
              <Menu.Target>
                <button type="button" className="btn ghost sm icon" aria-label={`More for ${workflow.title}`}>
                  <IconDots className="ic" stroke={1.8} />
                </button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconPencil className="ic" stroke={1.8} />}
                  onClick={() => void navigate({ to: '/workflows/$key', params: { key: workflow.key } })}
                >
                  Open in the designer
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconListDetails className="ic" stroke={1.8} />}
                  onClick={() => void navigate({ to: '/instances', search: { view: 'all', workflow: [workflow.key] } })}
                >
                  Show its instances
                </Menu.Item>
                <RenameItem workflow={workflow} onRename={onRename} />
                {mayReadAudit ? (
                  <Menu.Item
                    leftSection={<IconListSearch className="ic" stroke={1.8} />}
                    onClick={() => void navigate({ to: '/settings/audit', search: { target: `workflow:${workflow.key}` } })}
                  >
                    Show what was done to it
                  </Menu.Item>
                ) : null}
                <ExportItem workflowKey={workflow.key} />
              </Menu.Dropdown>
            </Menu>
          </RowActions>
        </tr>
      ))}
    </ListTable>
  );
}

function StartButton({ workflow, onStart }: { workflow: WorkflowSummary; onStart: (key: string) => void }) {
  const refusal = useRefusal('instance.start', workflow.folder);
  return (
    <Button
      size="sm"
      icon={<IconPlayerPlay className="ic" stroke={1.8} />}
      refusal={refusal ?? (workflow.latestVersion === null ? 'Publish it first' : null)}
      onClick={() => onStart(workflow.key)}
    >
      Start…
      <span className="visually-hidden"> {workflow.title}</span>
    </Button>
  );
}

function RenameItem({ workflow, onRename }: { workflow: WorkflowSummary; onRename: (workflow: WorkflowSummary) => void }) {
  return (
    <ActionItem
      icon={<IconFolder className="ic" stroke={1.8} />}
      refusal={useRefusal('workflow.edit', workflow.folder)}
      onClick={() => onRename(workflow)}
    >
      Title and folder…
    </ActionItem>
  );
}

function ExportItem({ workflowKey }: { workflowKey: string }) {
  const queries = useQueryClient();
  return (
    <Menu.Item
      leftSection={<IconDownload className="ic" stroke={1.8} />}
      onClick={() => {
        void queries
          .fetchQuery(trpc.workflows.get.queryOptions({ key: workflowKey }, { staleTime: 0 }))
          .then((detail) => exportWorkflow({ ...detail, document: detail.draft }), toastError);
      }}
    >
      Export as JSON
    </Menu.Item>
  );
}
