import { IconAlertTriangle } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { trpc } from '../api/trpc.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { SearchField } from '../components/search-field.tsx';
import { Tabs } from '../components/tabs.tsx';
import { LiveMark } from '../shell/live-mark.tsx';
import { TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { IncidentTable } from './incident-table.tsx';
import { INCIDENT_STATES, type IncidentsSearch } from './incidents-search.ts';

const route = getRouteApi('/shell/incidents');

const EMPTY = {
  open: ['No open incidents', 'What fails or gets stuck is gathered here, by workflow, node and error.'],
  ignored: ['No incident is ignored', 'An incident that does not matter can be ignored on its page.'],
  resolved: ['No incident has been resolved', 'An incident is resolved when none of its instances is failed or stuck any more.'],
} as const;

export function IncidentsPage() {
  useDocumentTitle('Incidents');
  const search = route.useSearch();
  const { state = 'open', text } = search;
  const navigate = useNavigate();
  const list = useQuery(
    trpc.incidents.list.queryOptions({ states: [state], ...(text === undefined ? {} : { text }) }, { placeholderData: keepPreviousData }),
  );
  const go = useCallback((next: IncidentsSearch) => void navigate({ to: '/incidents', search: next }), [navigate]);
  const onSearch = useCallback((words: string) => go({ state, ...(words === '' ? {} : { text: words }) }), [go, state]);
  return (
    <>
      <TopBar>
        <h1>Incidents</h1>
        <span style={{ marginLeft: 8 }}>
          <LiveMark />
        </span>
        <span className="grow" />
        <SearchField label="Text or code of an error" width={240} value={text ?? ''} onChange={onSearch} />
      </TopBar>
      <div className="views">
        <Tabs
          label="States"
          panelId="incidents-panel"
          value={state}
          onChange={(key) => go({ state: key, ...(text === undefined ? {} : { text }) })}
          items={INCIDENT_STATES.map((key) => ({
            key,
            label: key === 'open' ? 'Open' : key === 'ignored' ? 'Ignored' : 'Resolved',
            count: list.data ? <span className="num t3 s12 b4">{list.data.counts[key].toLocaleString('en')}</span> : undefined,
          }))}
        />
      </div>
      <div className="twrap" id="incidents-panel" role="tabpanel" aria-label="Incidents" tabIndex={-1} aria-busy={list.isPlaceholderData}>
        <Loaded query={list} rows={8} label="Loading incidents">
          {({ rows }) =>
            rows.length > 0 ? (
              <IncidentTable rows={rows} label="Incidents" />
            ) : (
              <EmptyState
                icon={<IconAlertTriangle className="ic" stroke={1.8} />}
                title={text === undefined ? EMPTY[state][0] : 'Nothing matches'}
              >
                {text === undefined ? EMPTY[state][1] : 'Search for another part of the error.'}
              </EmptyState>
            )
          }
        </Loaded>
      </div>
    </>
  );
}
