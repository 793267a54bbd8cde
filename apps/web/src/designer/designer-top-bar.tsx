import { IconArrowBackUp, IconArrowForwardUp, IconPlayerPlay, IconVersions } from '@tabler/icons-react';
import { Button } from '../components/button.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { StatusIcon } from '../status/status-icon.tsx';
import { useCommand } from './commands/use-command.ts';
import { PresenceFaces } from './presence-faces.tsx';
import { SaveMark } from './save-mark.tsx';
import { useDesigner, useDesignerValue } from './use-designer.ts';

export function DesignerTopBar({ title }: { title: string }) {
  const { screen } = useDesigner();
  const version = useDesignerValue(({ state }) => state.getState().published.version);
  const differs = useDesignerValue((designer) => designer.differs);
  const draft = useDesignerValue(({ state }) => state.getState().draft);
  const errors = useDesignerValue(({ problems }) => problems.filter(({ severity }) => severity === 'error').length);
  const undo = useCommand('edit.undo');
  const redo = useCommand('edit.redo');
  const run = useCommand('workflow.run');
  const publish = useCommand('workflow.publish');
  const versions = useCommand('workflow.versions');
  return (
    <TopBar>
      <Breadcrumb crumbs={[{ label: 'Workflows', to: { to: '/workflows' } }]} current={title} />
      <span className="tag">{version === null ? 'Draft' : differs ? `Draft of v${version + 1}` : `v${version}`}</span>
      <SaveMark status={draft} onConflict={() => screen.setState({ dialog: 'conflict' })} />
      <PresenceFaces />
      <Button look="ghost" icon={<IconVersions className="ic" stroke={1.8} aria-hidden="true" />} onClick={versions.run}>
        Versions
      </Button>
      <span className="grow" />
      <Button
        look="ghost"
        icon={<IconArrowBackUp className="ic" aria-hidden="true" />}
        aria-label={undo.title}
        refusal={undo.refusal}
        onClick={undo.run}
      />
      <Button
        look="ghost"
        icon={<IconArrowForwardUp className="ic" aria-hidden="true" />}
        aria-label={redo.title}
        refusal={redo.refusal}
        onClick={redo.run}
      />
      <span className="divider" />
      <Button
        icon={<IconPlayerPlay className="ic" stroke={1.8} aria-hidden="true" />}
        keys={run.keys}
        refusal={run.refusal}
        onClick={run.run}
      >
        Run
      </Button>
      {errors > 0 ? (
        <span className="ds-blocked">
          <StatusIcon shape="error" />
          {errors === 1 ? '1 error blocks publishing' : `${errors} errors block publishing`}
        </span>
      ) : null}
      <Button look="primary" refusal={publish.refusal} onClick={publish.run}>
        Publish
      </Button>
    </TopBar>
  );
}
