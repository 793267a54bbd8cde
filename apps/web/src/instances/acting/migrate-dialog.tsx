import { Select } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { standardCatalogue } from '@perdure/graph';
import type { InstanceDetail, MigrationPlan } from '@perdure/server/contract';
import { trpc } from '../../api/trpc.ts';
import { errorText } from '../../api/describe-error.ts';
import { NodeIcon } from '../../canvas/node-icon.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { SkeletonRows } from '../../components/skeleton.tsx';
import { toast } from '../../components/toast.tsx';
import { versionWords } from '../../components/version-words.ts';
import { StatusIcon } from '../../status/status-icon.tsx';
import { ReasonField } from './reason-field.tsx';
import { useDone } from './use-done.ts';
import './migrate-dialog.css';

/** The instance goes on in another version: where each open step does, and whether it can. */
export function MigrateDialog({ instance, onClose }: { instance: InstanceDetail; onClose: () => void }) {
  const { id } = instance;
  const versions = useQuery(trpc.workflows.versions.queryOptions({ key: instance.workflowKey }));
  const others = (versions.data ?? []).filter((one) => one.version !== instance.version);
  const [picked, setPicked] = useState<number | null>(null);
  const version = picked ?? others[0]?.version ?? null;
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const [reason, setReason] = useState('');
  const plan = useQuery(
    trpc.instances.migrationPlan.queryOptions(
      { id, version: version ?? 1, mapping },
      { enabled: version !== null, placeholderData: keepPreviousData, staleTime: 0 },
    ),
  );
  const done = useDone(id, onClose);
  const migrate = useMutation(
    trpc.instances.migrate.mutationOptions({
      onSuccess: () => {
        done();
        toast({ shape: 'running', title: `Migrated ${id} to ${versionWords(version ?? 0)}` });
      },
      onError: () => void plan.refetch(),
    }),
  );
  const errors = plan.data?.problems.filter(({ severity }) => severity === 'error').length ?? 0;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Migrate ${id}`}
      action={version === null ? 'Migrate' : `Migrate to ${versionWords(version)}`}
      busy={migrate.isPending}
      error={migrate.error}
      size={620}
      refusal={
        version === null
          ? 'There is no other version'
          : plan.data === undefined || plan.isPlaceholderData
            ? 'Being checked'
            : !plan.data.ok
              ? `Fix ${errors === 1 ? '1 problem' : `${errors} problems`} first`
              : reason.trim() === ''
                ? 'Give a reason'
                : null
      }
      onAction={() => {
        if (version !== null) migrate.mutate({ id, version, mapping, reason: reason.trim() });
      }}
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Select
          label={`From ${versionWords(instance.version)} to`}
          data={others.map((one) => ({
            value: String(one.version),
            label: `${versionWords(one.version)}${one.name === '' ? '' : `, ${one.name}`}`,
          }))}
          value={version === null ? null : String(version)}
          placeholder="There is no other version"
          onChange={(next) => {
            setPicked(next === null ? null : Number(next));
            setMapping({});
          }}
          allowDeselect={false}
        />
        {plan.isError ? (
          <p role="alert" style={{ color: 'var(--failed)' }}>
            {errorText(plan.error)}
          </p>
        ) : plan.data === undefined ? (
          version === null ? null : (
            <SkeletonRows rows={3} label="Checking the migration" />
          )
        ) : (
          <Plan plan={plan.data} mapping={mapping} onMapping={setMapping} />
        )}
        <ReasonField value={reason} onChange={setReason} />
      </div>
    </Dialog>
  );
}

/** Where there is nothing to choose, nobody is told to choose. */
function wordsOf({ code, node, message }: MigrationPlan['problems'][number], { places }: MigrationPlan): string {
  const place = code === 'migration.missing-node' ? places.find((one) => one.node === node) : undefined;
  if (place === undefined || place.choices.length > 0) return message;
  return `The new version has no step where ${place.title} could go on. Choose another version, or let the step end first.`;
}

function Plan({
  plan,
  mapping,
  onMapping,
}: {
  plan: MigrationPlan;
  mapping: Record<string, string>;
  onMapping: (mapping: Record<string, string>) => void;
}) {
  return (
    <>
      <div>
        <div className="label">
          {plan.places.length === 0 ? 'Nothing is open: it goes on by what comes next.' : `Open now, ${plan.places.length}`}
        </div>
        <ul className="mig-places">
          {plan.places.map((place) => (
            <li key={place.node}>
              <NodeIcon name={standardCatalogue.get(place.type)?.icon} size={13} />
              <span className="ell grow">
                {place.title}
                {place.open > 1 ? <span className="t3 num"> ×{place.open.toLocaleString('en')}</span> : null}
              </span>
              <span className="t3" aria-hidden="true">
                →
              </span>
              <Select
                aria-label={`${place.title} goes on at`}
                w={230}
                data={place.choices.map(({ node, title }) => ({ value: node, label: title }))}
                value={mapping[place.node] ?? place.to?.node ?? null}
                placeholder={place.choices.length === 0 ? 'No step of its kind' : 'Choose a step'}
                disabled={place.choices.length === 0}
                onChange={(next) => {
                  if (next !== null) onMapping({ ...mapping, [place.node]: next });
                }}
                allowDeselect={false}
              />
            </li>
          ))}
        </ul>
      </div>
      <ul className="mig-problems" aria-label="Problems" aria-live="polite">
        {plan.problems.map((problem) => (
          <li key={`${problem.code} ${problem.node ?? ''} ${problem.to ?? ''} ${problem.message}`}>
            <StatusIcon shape={problem.severity} size={13} label={problem.severity} />
            <span>{wordsOf(problem, plan)}</span>
          </li>
        ))}
        {plan.waitingRetries > 0 ? (
          <li>
            <StatusIcon shape="warning" size={13} label="notice" />
            <span>
              {plan.waitingRetries === 1 ? '1 waiting retry goes on' : `${plan.waitingRetries.toLocaleString('en')} waiting retries go on`}{' '}
              with the old input; retry rules and what follows are those of the new version.
            </span>
          </li>
        ) : null}
        {plan.problems.length === 0 ? (
          <li>
            <StatusIcon shape="completed" size={13} />
            <span>Checked: from here the new version can come to its end.</span>
          </li>
        ) : null}
      </ul>
    </>
  );
}
