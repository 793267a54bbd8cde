import { IconDatabaseCog, IconPlus } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useRefusalOnEntities } from '../api/use-refusal.ts';
import { Button } from '../components/button.tsx';
import { Tabs } from '../components/tabs.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { EntityList } from './entity-list.tsx';
import { EntityTypeList } from './entity-type-list.tsx';
import { NewEntityTypeDialog } from './new-entity-type-dialog.tsx';
import { SignalDialog } from './signal-dialog.tsx';
import './entities.css';

const route = getRouteApi('/shell/entities');

export function EntitiesPage() {
  useDocumentTitle('Entities');
  const search = route.useSearch();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'type' | 'signal' | null>(null);
  const noEdit = useRefusalOnEntities('workflow.edit', 'Your role may not change entity types');
  const noSignal = useRefusalOnEntities('instance.operate', 'Your role may not signal entities');
  const onTypes = search.tab === 'types';
  return (
    <>
      <TopBar>
        <h1>Entities</h1>
        <span style={{ marginLeft: 8 }}>
          <LiveMark />
        </span>
        <span className="grow" />
        {onTypes ? (
          <Button look="primary" icon={<IconPlus className="ic" stroke={1.8} />} refusal={noEdit} onClick={() => setOpen('type')}>
            New entity type…
          </Button>
        ) : (
          <Button
            look="primary"
            icon={<IconDatabaseCog className="ic" stroke={1.8} />}
            refusal={noSignal}
            onClick={() => setOpen('signal')}
          >
            Signal an entity…
          </Button>
        )}
      </TopBar>
      <div className="views">
        <Tabs
          label="Views"
          panelId="entities-panel"
          value={onTypes ? 'types' : 'entities'}
          onChange={(key) => void navigate({ to: '/entities', search: key === 'types' ? { tab: 'types' } : {} })}
          items={[
            { key: 'entities', label: 'Entities' },
            { key: 'types', label: 'Types' },
          ]}
        />
      </div>
      <div className="entities-panel" id="entities-panel" role="tabpanel" aria-label={onTypes ? 'Types' : 'Entities'} tabIndex={-1}>
        {onTypes ? <EntityTypeList onNew={noEdit === null ? () => setOpen('type') : null} /> : <EntityList search={search} />}
      </div>
      {open === 'type' ? <NewEntityTypeDialog onClose={() => setOpen(null)} /> : null}
      {open === 'signal' ? <SignalDialog entity={null} onClose={() => setOpen(null)} /> : null}
    </>
  );
}
