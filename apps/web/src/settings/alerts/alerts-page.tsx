import { IconBellRinging, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { AlertDelivery, AlertFiringRow, AlertRule } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { useMay, useMe } from '../../api/use-me.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { type ListColumn, ListTable, RowActions } from '../../components/list-table.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { formatElapsed, formatMoment, useNow } from '../../components/moment.ts';
import { Tabs } from '../../components/tabs.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { StatusIcon } from '../../status/status-icon.tsx';
import { SettingsFrame } from '../settings-frame.tsx';
import { ruleInWords, valueInWords, WORKFLOW_STATE } from './alert-words.ts';
import { AlertRuleDialog } from './alert-rule-dialog.tsx';
import type { AlertsSearch } from './alerts-search.ts';
import './alerts.css';

const route = getRouteApi('/shell/settings/alerts');
const REFETCH_MS = 10_000;

/** The rules with their state, what fired, and what was sent. */
export function AlertsPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const may = useMay('admin');
  const mail = useMe().data?.installation.mail ?? true;
  const list = useQuery(trpc.alerts.list.queryOptions(undefined, { refetchInterval: REFETCH_MS }));
  const [deleting, setDeleting] = useState<AlertRule | null>(null);
  const view = search.view ?? 'rules';
  const go = (next: AlertsSearch) => void navigate({ to: '/settings/alerts', search: next });
  const edit = (rule: string) => go({ ...search, rule });
  const editing = list.data?.rules.find(({ id }) => id === search.rule);
  const firing = list.data?.rules.filter((rule) => rule.firing !== null).length ?? 0;
  const failed = list.data?.deliveries.filter(({ state }) => state === 'failed').length ?? 0;

  return (
    <SettingsFrame
      title="Alerts"
      actions={
        <Button
          look="primary"
          icon={<IconPlus className="ic" stroke={1.8} />}
          refusal={may ? null : 'Your role may not change alerts'}
          onClick={() => edit('new')}
        >
          New rule…
        </Button>
      }
    >
      <div className="views">
        <Tabs
          label="Views"
          panelId="alerts-panel"
          value={view}
          onChange={(key) => go(key === 'rules' ? {} : { view: key })}
          items={[
            { key: 'rules', label: 'Rules', count: firing > 0 ? <span className="num t3 s12 b4">{firing} firing</span> : undefined },
            { key: 'firings', label: 'History' },
            { key: 'deliveries', label: 'Sent', count: failed > 0 ? <span className="num t3 s12 b4">{failed} failed</span> : undefined },
          ]}
        />
      </div>
      {mail ? null : (
        <div className="banner" role="note">
          <StatusIcon shape="warning" />
          <span>
            No mail server is set up: rules tell their webhooks only. Set <span className="mono">PERDURE_SMTP_URL</span> and{' '}
            <span className="mono">PERDURE_MAIL_FROM</span> and start Perdure again.
          </span>
        </div>
      )}
      <div className="twrap" id="alerts-panel" role="tabpanel" aria-label="Alerts" tabIndex={-1}>
        <Loaded query={list} rows={6} label="Loading alerts">
          {({ rules, firings, deliveries }) =>
            view === 'firings' ? (
              <Firings firings={firings} />
            ) : view === 'deliveries' ? (
              <Deliveries deliveries={deliveries} />
            ) : rules.length > 0 ? (
              <RuleTable rules={rules} onEdit={edit} onDelete={setDeleting} />
            ) : (
              <EmptyState
                icon={<IconBellRinging className="ic" stroke={1.8} />}
                title="Nobody is told of anything"
                actions={
                  <Button look="primary" refusal={may ? null : 'Your role may not change alerts'} onClick={() => edit('new')}>
                    New rule…
                  </Button>
                }
              >
                A rule tells people by e-mail, or a program by webhook, when instances fail, get stuck or fall behind.
              </EmptyState>
            )
          }
        </Loaded>
      </div>
      {search.rule === 'new' || editing ? (
        <AlertRuleDialog
          key={search.rule}
          rule={editing ?? null}
          onClose={() => go(search.view === undefined ? {} : { view: search.view })}
        />
      ) : null}
      <DeleteDialog rule={deleting} onClose={() => setDeleting(null)} />
    </SettingsFrame>
  );
}

const RULE_COLUMNS: readonly ListColumn[] = [
  { title: 'State', width: 116 },
  { title: 'Rule', width: '17%' },
  { title: 'Fires when' },
  { title: 'Now', width: 84 },
  { title: 'Tells', width: '15%' },
  { title: 'Actions', width: 242, actions: true },
];

function RuleTable({ rules, onEdit, onDelete }: { rules: AlertRule[]; onEdit: (id: string) => void; onDelete: (rule: AlertRule) => void }) {
  const now = useNow(15_000);
  const test = useMutation(
    trpc.alerts.test.mutationOptions({
      onSuccess: ({ notices }) =>
        toast(
          notices === 0
            ? { shape: 'warning', title: 'Nothing was sent', detail: 'No mail server is set up, and the rule has no webhook.' }
            : { title: notices === 1 ? '1 test is on its way' : `${notices} tests are on their way`, detail: 'Sent tells how they fared.' },
        ),
      onError: toastError,
    }),
  );
  return (
    <ListTable label="Alert rules" className="list-wide list-under-bar list-tall" columns={RULE_COLUMNS}>
      {rules.map((rule) => (
        <tr key={rule.id}>
          <td>
            <RuleState rule={rule} now={now} />
          </td>
          <td className="ell">
            <button type="button" className="plain lnk b5" onClick={() => onEdit(rule.id)}>
              {rule.name}
            </button>
            <FormerWorkflow rule={rule} />
          </td>
          <td className="ell t2" title={ruleInWords(rule)}>
            {ruleInWords(rule)}
          </td>
          <td className="num ell" title={rule.problem ?? undefined}>
            {rule.problem !== null ? (
              <span className="st-warning">Not known</span>
            ) : rule.value === null ? (
              <span className="t3">{rule.evaluatedAt === null ? 'Not yet' : 'Too little'}</span>
            ) : (
              valueInWords(rule.kind, rule.value)
            )}
          </td>
          <td className="ell t2" title={receivers(rule)}>
            {receivers(rule)}
          </td>
          <RowActions>
            <Button size="sm" busy={test.isPending && test.variables.id === rule.id} onClick={() => test.mutate({ id: rule.id })}>
              Send a test
              <span className="visually-hidden"> of {rule.name}</span>
            </Button>
            <Button size="sm" look="ghost" onClick={() => onEdit(rule.id)}>
              Edit…
            </Button>
            <Button size="sm" look="ghost" onClick={() => onDelete(rule)}>
              Delete…
            </Button>
          </RowActions>
        </tr>
      ))}
    </ListTable>
  );
}

/** A rule about a workflow that starts nothing any more seldom says anything. */
function FormerWorkflow({ rule: { workflow } }: { rule: AlertRule }) {
  if (workflow === null || workflow.state === 'there') return null;
  return (
    <span className="row g4 s12 st-warning" title={`${workflow.title} is ${WORKFLOW_STATE[workflow.state]}`}>
      <StatusIcon shape="warning" size={12} />
      {workflow.state === 'gone' ? 'No such workflow' : 'Workflow archived'}
    </span>
  );
}

function RuleState({ rule, now }: { rule: AlertRule; now: number }) {
  if (!rule.enabled) return <State shape="suspended" word="Off" />;
  if (rule.firing !== null)
    return (
      <State shape="failed" word={`Firing ${formatElapsed(rule.firing.since, now)}`} title={`Since ${formatMoment(rule.firing.since)}`} />
    );
  return <State shape="completed" word="Quiet" />;
}

function State({ shape, word, title }: { shape: 'suspended' | 'failed' | 'completed'; word: string; title?: string }) {
  return (
    <span className={`status ${shape} st-${shape}`} title={title}>
      <StatusIcon shape={shape} />
      {word}
    </span>
  );
}

function receivers({ emails, webhookUrl }: AlertRule): string {
  return [...emails, ...(webhookUrl === null ? [] : [new URL(webhookUrl).host])].join(', ');
}

const FIRING_COLUMNS: readonly ListColumn[] = [
  { title: 'Began' },
  { title: 'Rule' },
  { title: 'Worst' },
  { title: 'Ended' },
  { title: 'Lasted' },
  { title: 'Told' },
];

function Firings({ firings }: { firings: AlertFiringRow[] }) {
  const now = useNow(15_000);
  if (firings.length === 0)
    return (
      <EmptyState icon={<IconBellRinging className="ic" stroke={1.8} />} title="Nothing has fired yet">
        What fires is kept here.
      </EmptyState>
    );
  return (
    <ListTable label="History of firings" className="list-wide list-under-bar" columns={FIRING_COLUMNS}>
      {firings.map((firing) => (
        <tr key={firing.id}>
          <td className="num t2">{formatMoment(firing.startedAt)}</td>
          <td className="ell b5">{firing.name}</td>
          <td className="num">{valueInWords(firing.kind, firing.worst)}</td>
          <td className="num t2">{firing.endedAt === null ? <State shape="failed" word="Goes on" /> : formatMoment(firing.endedAt)}</td>
          <td className="num t2">{formatElapsed(firing.startedAt, firing.endedAt ?? now)}</td>
          <td className="t2">{firing.told === 0 ? 'Kept quiet' : firing.told === 1 ? 'Once' : `${firing.told} times`}</td>
        </tr>
      ))}
    </ListTable>
  );
}

const NEWS: Record<string, string> = {
  'alert.firing': 'Began',
  'alert.reminder': 'Reminder',
  'alert.resolved': 'Over',
  'alert.test': 'Test',
};

const DELIVERY_COLUMNS: readonly ListColumn[] = [
  { title: 'When' },
  { title: 'What' },
  { title: 'To' },
  { title: 'State' },
  { title: 'Why' },
];

function Deliveries({ deliveries }: { deliveries: AlertDelivery[] }) {
  if (deliveries.length === 0)
    return (
      <EmptyState icon={<IconBellRinging className="ic" stroke={1.8} />} title="Nothing was sent yet">
        Mails and webhooks of alerts are listed here.
      </EmptyState>
    );
  return (
    <ListTable label="Sent alerts" className="list-wide list-under-bar" columns={DELIVERY_COLUMNS}>
      {deliveries.map((one) => (
        <tr key={one.id}>
          <td className="num t2">{formatMoment(one.createdAt)}</td>
          <td>{NEWS[one.kind] ?? one.kind}</td>
          <td className="ell">
            <span className="t3">{one.channel === 'email' ? 'E-mail' : 'Webhook'}</span> {one.recipient}
          </td>
          <td>
            {one.state === 'sent' ? (
              <State shape="completed" word="Sent" />
            ) : one.state === 'failed' ? (
              <State shape="failed" word="Given up" />
            ) : (
              <span className="t2">
                {one.attempts === 0
                  ? 'On its way'
                  : `Tried ${one.attempts}×, again ${one.nextAttemptAt === null ? '' : formatMoment(one.nextAttemptAt)}`}
              </span>
            )}
          </td>
          <td className="ell t2" title={one.reason ?? undefined}>
            {one.reason}
          </td>
        </tr>
      ))}
    </ListTable>
  );
}

function DeleteDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const queryClient = useQueryClient();
  const remove = useMutation(
    trpc.alerts.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.alerts.list.queryFilter());
        toast({ title: 'The rule is deleted' });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      opened={rule !== null}
      onClose={onClose}
      title={`Delete the rule “${rule?.name ?? ''}”`}
      action="Delete the rule"
      danger
      busy={remove.isPending}
      error={remove.error}
      onAction={() => rule && remove.mutate({ id: rule.id })}
    >
      <p>Nobody is told by it any more, and the history of its firings goes with it. The audit log keeps that it was there.</p>
    </Dialog>
  );
}
