import { Checkbox, Select } from '@mantine/core';
import { IconListCheck, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { maxScenarios, schemaValues, type Scenario } from '@perdure/graph';
import type { ScenarioResult } from '@perdure/server/contract';
import { useState } from 'react';
import { client, trpc } from '../../api/trpc.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { formatMomentShort } from '../../components/moment.ts';
import { StatusIcon } from '../../status/status-icon.tsx';
import { newScenarioId, putScenario, removeScenario } from '../document-edits.ts';
import { inputSchema } from '../input-schema.ts';
import { useDesigner, useDesignerValue } from '../use-designer.ts';
import { callingNodes, unpinnedWords } from './calling-nodes.ts';
import { ScenarioForm } from './scenario-form.tsx';
import { ScenarioOutcome } from './scenario-results.tsx';
import './scenarios.css';

/** The scenarios of the workflow: made, edited, run. Each edit is one of the document. */
export function ScenariosDialog({ onClose }: { onClose(): void }) {
  const designer = useDesigner();
  const { model, may } = designer;
  const document = useDesignerValue((at) => at.model.document);
  const scenarios = document.scenarios ?? [];
  const [chosenId, setChosen] = useState<string | null>(scenarios[0]?.id ?? null);
  const chosen = scenarios.find(({ id }) => id === chosenId) ?? scenarios[0];
  const [results, setResults] = useState<ReadonlyMap<string, ScenarioResult>>(new Map());
  const [refused, setRefused] = useState<string | null>(null);
  const [invalid, setInvalid] = useState(false);

  const run = useMutation({
    mutationFn: async (ids: string[]): Promise<void> => {
      setRefused(null);
      const draftRevision = await designer.save();
      if (draftRevision === null) return setRefused('The draft is not saved yet. See why beside its title.');
      const answer = await client.workflows.runScenarios.mutate({ key: designer.key, draftRevision, ids });
      if (answer.ok) return setResults((before) => new Map([...before, ...answer.results.map((one) => [one.id, one] as const)]));
      if (answer.problems.length > 0) model.setProblems(answer.problems);
      setRefused(
        answer.code === 'draft.conflict'
          ? 'The draft has changed since. Look at it and run them again.'
          : 'The draft cannot run yet. What it lacks is listed below the canvas.',
      );
    },
  });
  const outcome = chosen && results.get(chosen.id);
  const calling = callingNodes(document, true).filter(({ id }) => !chosen?.pins?.[id]);
  const roleRefusal = may.edit
    ? may.start
      ? null
      : 'Your role may not start instances of this workflow'
    : 'Your role may look at this workflow, not change it';
  const full = scenarios.length >= maxScenarios ? `A workflow has ${maxScenarios} scenarios at most` : null;

  const add = (scenario: Omit<Scenario, 'id'>): void => {
    const id = newScenarioId(model.document);
    model.change('Add a scenario', (before) => putScenario(before, { ...scenario, id }));
    setChosen(id);
  };
  const change = (scenario: Scenario): void => {
    model.change('Change a scenario', (before) => putScenario(before, scenario), { mergeKey: `scenario.${scenario.id}` });
    setResults((before) => new Map([...before].filter(([id]) => id !== scenario.id)));
  };

  return (
    <Dialog
      opened
      onClose={onClose}
      title="Scenarios"
      action="Run all"
      cancel="Close"
      size={920}
      busy={run.isPending}
      error={run.error}
      refusal={roleRefusal ?? (scenarios.length === 0 ? 'There is no scenario yet' : invalid ? 'Correct the scenario first' : null)}
      onAction={() => run.mutate(scenarios.map(({ id }) => id))}
    >
      <p className="s12 t3">
        What a run is given, and what must come of it. All of them are run, as test runs of the draft, before a version is published. They
        do nothing outside: what would is pinned.
      </p>
      <div className="sc-panel">
        <div className="sc-list">
          <ul aria-label="Scenarios">
            {scenarios.map((one) => {
              const result = results.get(one.id);
              return (
                <li key={one.id}>
                  <button type="button" className="plain" aria-pressed={one.id === chosen?.id} onClick={() => setChosen(one.id)}>
                    <StatusIcon shape={result ? (result.passed ? 'completed' : 'failed') : 'pending'} />
                    <span className="ell">{one.title || 'Without a title'}</span>
                    <span className="visually-hidden">{result ? (result.passed ? ', passed' : ', failed') : ', not run'}</span>
                  </button>
                </li>
              );
            })}
          </ul>
          <div className="sc-new">
            <Button
              size="sm"
              data-autofocus
              icon={<IconPlus className="ic" stroke={1.8} aria-hidden="true" />}
              refusal={roleRefusal ?? full}
              onClick={() =>
                add({
                  title: `Scenario ${scenarios.length + 1}`,
                  input: schemaValues(inputSchema(document)) ?? {},
                  fastForward: true,
                  expect: { status: 'Completed' },
                })
              }
            >
              New scenario
            </Button>
            <FromRun refusal={roleRefusal ?? full} onMade={add} />
          </div>
        </div>
        {chosen ? (
          <div className="sc-detail">
            {outcome ? <ScenarioOutcome result={outcome} /> : null}
            <ScenarioForm
              key={chosen.id}
              scenario={chosen}
              document={document}
              readOnly={!may.edit}
              onChange={change}
              onInvalid={setInvalid}
            />
            {calling.length === 0 ? null : <p className="s12 t3">{unpinnedWords(calling)}</p>}
            <div className="row g8">
              <Button
                size="sm"
                busy={run.isPending}
                refusal={roleRefusal ?? (invalid ? 'Correct the scenario first' : null)}
                onClick={() => run.mutate([chosen.id])}
              >
                Run this one
              </Button>
              <span className="grow" />
              <Button
                size="sm"
                look="ghost"
                refusal={roleRefusal}
                onClick={() => {
                  setInvalid(false);
                  model.change('Delete a scenario', (before) => removeScenario(before, chosen.id));
                }}
              >
                Delete
              </Button>
            </div>
          </div>
        ) : (
          <div className="sc-detail">
            <EmptyState icon={<IconListCheck className="ic" stroke={1.8} />} title="No scenario yet">
              The quickest way to one is a run that went as it should: its input, its decisions and its output are taken over.
            </EmptyState>
          </div>
        )}
      </div>
      {refused === null ? null : (
        <div className="ds-field-problem" role="alert">
          {refused}
        </div>
      )}
    </Dialog>
  );
}

/** Makes a scenario of a past run. */
function FromRun({ refusal, onMade }: { refusal: string | null; onMade(scenario: Omit<Scenario, 'id'>): void }) {
  const { key } = useDesigner();
  const [pins, setPins] = useState(true);
  const runs = useQuery(trpc.instances.list.queryOptions({ workflowKeys: [key], statuses: ['Completed', 'Failed'], limit: 20 }));
  const rows = runs.data?.rows ?? [];
  const [picked, setPicked] = useState<string | null>(null);
  const run = picked ?? rows[0]?.id ?? null;
  const [omitted, setOmitted] = useState<readonly string[]>([]);
  const make = useMutation({
    mutationFn: (instanceId: string) => client.workflows.scenarioOfRun.query({ instanceId, pinsActivities: pins }),
    onSuccess: ({ scenario, omitted: left }) => {
      setOmitted(left);
      onMade(scenario);
    },
  });
  return (
    <div className="sc-from" role="group" aria-label="From a run">
      <Select
        size="xs"
        aria-label="Run"
        placeholder={runs.isPending ? 'Loading' : 'No run has ended yet'}
        data={rows.map(({ id, status, createdAt }) => ({ value: id, label: `${formatMomentShort(createdAt)}, ${status}` }))}
        value={run}
        allowDeselect={false}
        onChange={setPicked}
      />
      <Checkbox
        size="xs"
        label="Pin what its activities gave"
        disabled={run === null}
        title={run === null ? 'No run has ended yet' : undefined}
        checked={pins}
        onChange={(event) => setPins(event.currentTarget.checked)}
      />
      <Button
        size="sm"
        busy={make.isPending}
        refusal={refusal ?? (run === null ? 'No run has ended yet' : null)}
        onClick={() => {
          if (run !== null) make.mutate(run);
        }}
      >
        New from this run
      </Button>
      {omitted.length === 0 ? null : <p className="s12 t3">{omitted.join(' ')}</p>}
    </div>
  );
}
