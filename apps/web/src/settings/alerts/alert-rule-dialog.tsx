import { NativeSelect, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AlertKind, AlertRule, AlertRuleInput } from '@perdure/server/contract';
import { describeError } from '../../api/describe-error.ts';
import { trpc } from '../../api/trpc.ts';
import { Dialog } from '../../components/dialog.tsx';
import { toast, toastError } from '../../components/toast.tsx';
import { SigningKey } from '../signing-key.tsx';
import { ALERT_KINDS, ruleInWords, WORKFLOW_STATE } from './alert-words.ts';

const FRESH: AlertRuleInput = {
  name: '',
  kind: 'failure-rate',
  workflowKey: null,
  threshold: 10,
  minimum: 10,
  windowSeconds: 900,
  cooldownSeconds: 0,
  remindEverySeconds: null,
  tellResolved: true,
  emails: [],
  webhookUrl: null,
  enabled: true,
};

/** What a kind begins with. */
const DEFAULTS: Record<AlertKind, Partial<AlertRuleInput>> = {
  'failure-rate': { threshold: 10, windowSeconds: 900 },
  stuck: { threshold: 1, windowSeconds: 300 },
  'queue-lag': { threshold: 60, windowSeconds: 0, workflowKey: null },
  'overdue-tasks': { threshold: 1, windowSeconds: 0 },
};

const UNIT: Record<AlertKind, string> = { 'failure-rate': '%', stuck: 'instances', 'queue-lag': 'seconds', 'overdue-tasks': 'tasks' };

export function AlertRuleDialog({ rule, onClose }: { rule: AlertRule | null; onClose: () => void }) {
  const [draft, setDraft] = useState<AlertRuleInput>(() => (rule === null ? FRESH : inputOf(rule)));
  const set = (change: Partial<AlertRuleInput>) => setDraft((before) => ({ ...before, ...change }));
  const queryClient = useQueryClient();
  const workflows = useQuery(trpc.workflows.list.queryOptions({}));
  const save = useMutation(
    trpc.alerts.save.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.alerts.list.queryFilter());
        toast({ title: rule === null ? 'The rule is set' : 'The rule is changed', detail: 'It is looked at every half minute.' });
        onClose();
      },
    }),
  );
  const fields = save.error === null ? [] : describeError(save.error).fields;
  // Of a list, one entry may be wrong: `emails.1`.
  const wrong = (name: string) => fields.find(({ field }) => field === name || field.startsWith(`${name}.`))?.message;
  const { kind } = draft;
  return (
    <Dialog
      opened
      onClose={onClose}
      size={560}
      title={rule === null ? 'New alert rule' : 'Change the alert rule'}
      action={rule === null ? 'Set the rule' : 'Change the rule'}
      busy={save.isPending}
      error={fields.length > 0 ? undefined : save.error}
      refusal={draft.name.trim() === '' ? 'Give the rule a name' : null}
      onAction={() => save.mutate(draft)}
    >
      <div className="alert-form">
        <TextInput
          label="Name"
          data-autofocus
          placeholder="Orders fail"
          value={draft.name}
          error={wrong('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label="What it looks at"
          description={ALERT_KINDS[kind].help}
          value={kind}
          data={Object.entries(ALERT_KINDS).map(([value, { label }]) => ({ value, label }))}
          onChange={(event) => {
            const next = event.currentTarget.value as AlertKind; // one of the options
            set({ kind: next, ...DEFAULTS[next] });
          }}
        />
        {kind === 'queue-lag' ? null : (
          <NativeSelect
            label="Of"
            value={draft.workflowKey ?? ''}
            error={wrong('workflowKey')}
            data={[
              { value: '', label: 'All workflows' },
              ...(workflows.data ?? []).map(({ key, title }) => ({ value: key, label: title })),
              ...formerWorkflow(rule),
            ]}
            onChange={(event) => set({ workflowKey: event.currentTarget.value === '' ? null : event.currentTarget.value })}
          />
        )}
        <div className="alert-row">
          <Amount
            label="From"
            suffix={` ${UNIT[kind]}`}
            least={1}
            value={draft.threshold}
            error={wrong('threshold')}
            onChange={(threshold) => set({ threshold })}
          />
          {kind === 'failure-rate' ? (
            <Amount
              label="Of at least"
              suffix=" finished"
              least={1}
              value={draft.minimum}
              error={wrong('minimum')}
              onChange={(minimum) => set({ minimum })}
            />
          ) : null}
          {kind === 'queue-lag' ? null : (
            <Amount
              label={kind === 'failure-rate' ? 'Within' : 'For longer than'}
              suffix=" minutes"
              least={kind === 'failure-rate' ? 1 : 0}
              value={draft.windowSeconds / 60}
              error={wrong('windowSeconds')}
              onChange={(minutes) => set({ windowSeconds: Math.round(minutes * 60) })}
            />
          )}
        </div>
        <TagsInput
          label="Tell these addresses"
          description="Enter or a comma ends one."
          placeholder={draft.emails.length === 0 ? 'ops@example.com' : ''}
          value={draft.emails}
          error={wrong('emails')}
          onChange={(emails) => set({ emails })}
          acceptValueOnBlur
        />
        <TextInput
          label="And this webhook"
          description="Gets a signed POST, as Standard Webhooks has it."
          placeholder="https://example.com/hooks/perdure"
          value={draft.webhookUrl ?? ''}
          error={wrong('webhookUrl')}
          onChange={(event) => set({ webhookUrl: event.currentTarget.value.trim() === '' ? null : event.currentTarget.value.trim() })}
        />
        {rule !== null && rule.webhookUrl !== null ? <WebhookKey id={rule.id} /> : null}
        <div className="alert-row">
          <Amount
            label="Remind every"
            suffix=" minutes"
            least={0}
            description="0 tells it once"
            value={(draft.remindEverySeconds ?? 0) / 60}
            error={wrong('remindEverySeconds')}
            onChange={(minutes) => set({ remindEverySeconds: minutes === 0 ? null : Math.round(minutes * 60) })}
          />
          <Amount
            label="Then quiet for"
            suffix=" minutes"
            least={0}
            description="Until it may fire again"
            value={draft.cooldownSeconds / 60}
            error={wrong('cooldownSeconds')}
            onChange={(minutes) => set({ cooldownSeconds: Math.round(minutes * 60) })}
          />
        </div>
        <Switch
          label="Tell when it is over, too"
          checked={draft.tellResolved}
          onChange={(event) => set({ tellResolved: event.currentTarget.checked })}
        />
        <Switch label="On" checked={draft.enabled} onChange={(event) => set({ enabled: event.currentTarget.checked })} />
        <p className="t2 s12">Fires when: {ruleInWords(draft)}.</p>
      </div>
    </Dialog>
  );
}

function Amount({
  label,
  suffix,
  least,
  value,
  error,
  description,
  onChange,
}: {
  label: string;
  suffix: string;
  least: number;
  value: number;
  error: string | undefined;
  description?: string;
  onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      suffix={suffix}
      min={least}
      value={value}
      error={error}
      description={description}
      clampBehavior="blur"
      onChange={(next) => onChange(typeof next === 'number' ? next : Number(next) || least)}
    />
  );
}

function WebhookKey({ id }: { id: string }) {
  const show = useMutation(trpc.alerts.webhookKey.mutationOptions({ onError: toastError }));
  return <SigningKey shown={show.data?.key} busy={show.isPending} onShow={(renew) => show.mutate({ id, renew })} />;
}

/** A workflow that is no choice any more stays the one that is chosen, until another one is. */
function formerWorkflow(rule: AlertRule | null): { value: string; label: string }[] {
  const [key, workflow] = [rule?.workflowKey ?? null, rule?.workflow ?? null];
  if (key === null || workflow === null || workflow.state === 'there') return [];
  return [{ value: key, label: `${workflow.title} (${WORKFLOW_STATE[workflow.state]})` }];
}

function inputOf(rule: AlertRule): AlertRuleInput {
  const { workflow: _workflow, value: _value, evaluatedAt: _at, problem: _problem, firing: _firing, ...input } = rule;
  return input;
}
