import { IconChevronRight, IconFileImport, IconPlus, IconTemplate, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { trpc } from '../api/trpc.ts';
import { useMay } from '../api/use-me.ts';
import { Kbd } from '../components/kbd.tsx';
import { useKeys } from '../components/use-keys.ts';
import { NewWorkflowDialog } from '../workflows-page/new-workflow-dialog.tsx';

const ImportWorkflowDialog = lazy(() =>
  import('../workflows-page/import-workflow-dialog.tsx').then((module) => ({ default: module.ImportWorkflowDialog })),
);

/** Where work of one's own begins. */
export function ReadyCard() {
  const mayEdit = useMay('workflow.edit');
  const mayInvite = useMay('admin');
  const [dialog, setDialog] = useState<'template' | 'new' | 'import' | null>(null);
  const templates = useQuery(trpc.templates.list.queryOptions(undefined, { staleTime: Infinity })).data;
  useKeys({
    n: () => {
      if (mayEdit) setDialog('new');
    },
  });
  const close = (): void => setDialog(null);
  if (!mayEdit && !mayInvite) return null;
  return (
    <section className="card" aria-label="When you are ready">
      <div className="hd">
        <h2>When you are ready</h2>
      </div>
      <div className="gos">
        {mayEdit ? (
          <>
            <Choice
              icon={<IconTemplate className="ic" size={15} stroke={1.8} />}
              onClick={() => setDialog('template')}
              beside={templates?.length}
            >
              Start from a template
            </Choice>
            <Choice icon={<IconPlus className="ic" size={15} stroke={1.8} />} onClick={() => setDialog('new')} beside={<Kbd>n</Kbd>}>
              Draw a new workflow
            </Choice>
            <Choice icon={<IconFileImport className="ic" size={15} stroke={1.8} />} onClick={() => setDialog('import')}>
              Import a definition
            </Choice>
          </>
        ) : null}
        {mayInvite ? (
          <Link to="/settings/people" className="go">
            <IconUserPlus className="ic" size={15} stroke={1.8} />
            <span className="grow">Invite a colleague</span>
            <IconChevronRight className="ic" size={13} stroke={1.8} />
          </Link>
        ) : null}
      </div>
      <NewWorkflowDialog opened={dialog === 'new' || dialog === 'template'} browse={dialog === 'template'} onClose={close} />
      {dialog === 'import' ? (
        <Suspense fallback={null}>
          <ImportWorkflowDialog text="" onClose={close} />
        </Suspense>
      ) : null}
    </section>
  );
}

function Choice({ icon, onClick, beside, children }: { icon: ReactNode; onClick(): void; beside?: ReactNode; children: string }) {
  return (
    <button type="button" className="plain go" onClick={onClick}>
      {icon}
      <span className="grow">{children}</span>
      {beside === undefined ? null : <span className="t3 num s12 b4">{beside}</span>}
      <IconChevronRight className="ic" size={13} stroke={1.8} />
    </button>
  );
}
