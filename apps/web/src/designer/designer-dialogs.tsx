import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, type ComponentType } from 'react';
import { trpc } from '../api/trpc.ts';
import { PickDialog } from '../components/pick-dialog.tsx';
import { CommandPalette } from './command-palette.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { withContent } from './document-edits.ts';
import { ImportDialog } from './import-dialog.tsx';
import { PublishDialog } from './publish-dialog.tsx';
import { RunDialog } from './run-dialog.tsx';
import { ShortcutSheet } from './shortcut-sheet.tsx';
import { useDesigner, useDesignerValue } from './use-designer.ts';
import { VersionsDialog } from './versions/versions-dialog.tsx';

export type DialogName =
  | 'publish'
  | 'run'
  | 'conflict'
  | 'commands'
  | 'shortcuts'
  | 'pick'
  | 'versions'
  | 'sample'
  | 'tryStep'
  | 'scenarios'
  | 'import'
  | 'picture';

const ScenariosDialog = lazy(() => import('./trying/scenarios-dialog.tsx').then((module) => ({ default: module.ScenariosDialog })));
const TryStepDialog = lazy(() => import('./trying/try-step-dialog.tsx').then((module) => ({ default: module.TryStepDialog })));
const PictureDialog = lazy(() => import('../transfer/picture-dialog.tsx').then((module) => ({ default: module.PictureDialog })));
const SampleDialog = lazy(() => import('./sample-dialog.tsx').then((module) => ({ default: module.SampleDialog })));

interface DesignerDialogProps {
  opened: boolean;
  onClose(): void;
}

/** The dialogs of the designer by the name that opens them: `screen.setState({ dialog: 'run' })`. A new one: its name, and one line here. */
const dialogs: Record<DialogName, ComponentType<DesignerDialogProps>> = {
  publish: DesignerPublishDialog,
  run: DesignerRunDialog,
  conflict: DesignerConflictDialog,
  commands: CommandPalette,
  shortcuts: ShortcutSheet,
  pick: DesignerPickDialog,
  versions: VersionsDialog,
  sample: DesignerSampleDialog,
  tryStep: DesignerTryStepDialog,
  scenarios: DesignerScenariosDialog,
  import: DesignerImportDialog,
  picture: DesignerPictureDialog,
};

export function DesignerDialogs() {
  const { screen } = useDesigner();
  const open = useDesignerValue((designer) => designer.screen.getState().dialog);
  return (
    <>
      {Object.entries(dialogs).map(([name, Dialog]) => (
        <Dialog key={name} opened={open === name} onClose={() => screen.setState({ dialog: null })} />
      ))}
    </>
  );
}

function DesignerSampleDialog({ opened, onClose }: DesignerDialogProps) {
  return opened ? (
    <Suspense fallback={null}>
      <SampleDialog onClose={onClose} />
    </Suspense>
  ) : null;
}

function DesignerTryStepDialog({ opened, onClose }: DesignerDialogProps) {
  const at = useDesignerValue(({ screen }) => screen.getState().tryStep);
  return opened && at ? (
    <Suspense fallback={null}>
      <TryStepDialog node={at.node} alone={at.only} onClose={onClose} />
    </Suspense>
  ) : null;
}

function DesignerScenariosDialog({ opened, onClose }: DesignerDialogProps) {
  return opened ? (
    <Suspense fallback={null}>
      <ScenariosDialog onClose={onClose} />
    </Suspense>
  ) : null;
}

function DesignerImportDialog({ opened, onClose }: DesignerDialogProps) {
  const text = useDesignerValue(({ screen }) => screen.getState().importText);
  return opened ? <ImportDialog key={text} text={text} onClose={onClose} /> : null;
}

function DesignerPictureDialog({ opened, onClose }: DesignerDialogProps) {
  const { key, model } = useDesigner();
  const document = useDesignerValue((designer) => designer.model.document);
  const selected = useMemo(() => (opened ? withContent(model.document, model.selection.nodes) : new Set<string>()), [opened, model]);
  return opened ? (
    <Suspense fallback={null}>
      <PictureDialog workflowKey={key} document={document} selected={selected} onClose={onClose} />
    </Suspense>
  ) : null;
}

function DesignerPublishDialog({ opened, onClose }: DesignerDialogProps) {
  const designer = useDesigner();
  const version = useDesignerValue(({ state }) => state.getState().published.version);
  const problems = useDesignerValue((at) => at.problems);
  const document = useDesignerValue(({ model }) => model.document);
  return (
    <PublishDialog
      opened={opened}
      workflowKey={designer.key}
      latestVersion={version}
      document={document}
      scenarios={designer.model.document.scenarios?.length ?? 0}
      warnings={problems.filter(({ severity }) => severity === 'warning').length}
      save={() => designer.save()}
      onProblems={(found) => designer.model.setProblems(found)}
      onPublished={(made) => designer.published(made, designer.saver.revision)}
      onCompare={() => designer.screen.setState({ dialog: 'versions' })}
      onClose={onClose}
    />
  );
}

function DesignerRunDialog({ opened, onClose }: DesignerDialogProps) {
  const designer = useDesigner();
  const document = useDesignerValue(({ model }) => model.document);
  const version = useDesignerValue(({ state }) => state.getState().published.version);
  const sample = useQuery(trpc.workflows.lastRun.queryOptions({ key: designer.key }, { staleTime: 30_000 }));
  return (
    <RunDialog
      opened={opened}
      workflowKey={designer.key}
      document={document}
      latestVersion={version}
      differs={designer.differs}
      draftRefusal={designer.may.edit ? null : 'Your role may not run drafts of this workflow'}
      lastInput={sample.data?.input}
      save={() => designer.save()}
      onProblems={(found) => designer.model.setProblems(found)}
      onStarted={(runId) => {
        onClose();
        designer.model.selectNode(null);
        designer.state.setState({ runId });
      }}
      onClose={onClose}
    />
  );
}

function DesignerConflictDialog({ opened, onClose }: DesignerDialogProps) {
  const { key, model, saver } = useDesigner();
  const document = useDesignerValue((designer) => designer.model.document);
  const draft = useDesignerValue(({ state }) => state.getState().draft);
  if (draft.state !== 'conflict') return null;
  return (
    <ConflictDialog
      opened={opened}
      workflowKey={key}
      mine={document}
      theirs={draft.theirs}
      base={saver.base}
      onClose={onClose}
      onMine={() => {
        onClose();
        void saver.keepMine();
      }}
      onMerged={(merged) => {
        onClose();
        model.change('Merge both', () => merged);
        void saver.keepMerged();
      }}
      onTheirs={() => {
        const theirs = saver.takeTheirs();
        onClose();
        if (theirs) model.reset(theirs);
      }}
    />
  );
}

function DesignerPickDialog({ opened, onClose }: DesignerDialogProps) {
  const pick = useDesignerValue(({ screen }) => screen.getState().pick);
  return pick ? <PickDialog opened={opened} {...pick} onClose={onClose} /> : null;
}
