import { Checkbox, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { parseDocument, type Json, type NodeId, type Scenario, type WorkflowDocument } from '@perdure/graph';
import { useState } from 'react';
import { JsonField, readJson } from '../../components/json-field.tsx';

/** The parts of a scenario that are written as JSON. */
const parts = {
  input: { label: 'Input', description: 'What the run is started with.', rows: 4 },
  events: { label: 'Events', description: 'A list of { name, data }, raised in this order.', rows: 3 },
  decisions: { label: 'Decisions', description: 'By step: { outcome, data } for each human task.', rows: 3 },
  pins: { label: 'Pinned data', description: 'By step: { output, port }, before what the steps themselves have pinned.', rows: 3 },
} as const;
type Part = keyof typeof parts;

type OutputKind = 'any' | 'equals' | 'condition';

/** One scenario. What is not JSON, or not what a scenario may hold, stays typed and is not taken over. */
export function ScenarioForm({
  scenario,
  document,
  readOnly,
  onChange,
  onInvalid,
}: {
  scenario: Scenario;
  document: WorkflowDocument;
  readOnly: boolean;
  onChange(scenario: Scenario): void;
  onInvalid(isInvalid: boolean): void;
}) {
  const [typed, setTyped] = useState<Readonly<Record<string, { text: string; of: string; error: string | null }>>>({});
  const { expect } = scenario;
  const { output } = expect;
  const kind: OutputKind = output === undefined ? 'any' : 'equals' in output ? 'equals' : 'condition';

  const expecting = (change: Partial<Scenario['expect']>, drop: (keyof Scenario['expect'])[] = []): void => {
    const next: Record<string, unknown> = { ...expect, ...change };
    for (const field of drop) delete next[field];
    onChange({ ...scenario, expect: next as unknown as Scenario['expect'] }); // its fields, without those dropped
  };
  /** A text in the place of a JSON value: taken over as soon as the scenario with it is one. */
  const json = (name: string, value: Json | undefined, put: (value: Json) => Scenario) => {
    const given = value === undefined ? '' : JSON.stringify(value, null, 2);
    const own = typed[name];
    const isOwn = own !== undefined && own.of === given;
    return {
      value: isOwn ? own.text : given,
      error: isOwn ? own.error : null,
      onChange: (text: string): void => {
        const { of, error, scenario: next } = judge(text, given, put, document);
        const others = Object.entries(typed).some(([other, one]) => other !== name && one.error !== null);
        setTyped((before) => ({ ...before, [name]: { text, of, error } }));
        onInvalid(others || error !== null);
        if (next) onChange(next);
      },
    };
  };
  const putPart =
    (part: Part) =>
    (value: Json): Scenario => {
      if (part === 'input') return { ...scenario, input: value };
      const { [part]: _before, ...rest } = scenario;
      return value === null ? rest : ({ ...rest, [part]: value } as Scenario); // judged before it is taken over
    };

  return (
    <div className="sc-form" inert={readOnly}>
      <TextInput
        size="sm"
        label="Title"
        value={scenario.title}
        maxLength={200}
        onChange={(event) => onChange({ ...scenario, title: event.currentTarget.value })}
      />
      <JsonField {...parts.input} {...json('input', scenario.input, putPart('input'))} />
      <Checkbox
        size="sm"
        label="Skip timers and waits before retries"
        checked={scenario.fastForward}
        onChange={(event) => onChange({ ...scenario, fastForward: event.currentTarget.checked })}
      />
      <fieldset className="sc-expect">
        <legend className="label">Expected</legend>
        <div className="sc-pair">
          <Select
            size="sm"
            label="Ends as"
            data={['Completed', 'Failed']}
            value={expect.status}
            allowDeselect={false}
            onChange={(status) => {
              if (status === 'Completed') expecting({ status }, ['code']);
              else if (status === 'Failed') expecting({ status }, ['output']);
            }}
          />
          {expect.status === 'Failed' ? (
            <TextInput
              size="sm"
              label="Code"
              placeholder="Any"
              value={expect.code ?? ''}
              onChange={(event) => {
                const code = event.currentTarget.value.trim();
                if (code === '') expecting({}, ['code']);
                else expecting({ code });
              }}
            />
          ) : (
            <Select
              size="sm"
              label="Output"
              data={[
                { value: 'any', label: 'Anything' },
                { value: 'equals', label: 'Exactly' },
                { value: 'condition', label: 'Meets a condition' },
              ]}
              value={kind}
              allowDeselect={false}
              onChange={(next) => {
                if (next === 'any') expecting({}, ['output']);
                else if (next === 'equals') expecting({ output: { equals: null } });
                else if (next === 'condition') expecting({ output: { condition: 'output != null' } });
              }}
            />
          )}
        </div>
        {output !== undefined && 'equals' in output ? (
          <JsonField
            label="Exactly this output"
            rows={4}
            {...json('equals', output.equals, (value) => ({ ...scenario, expect: { ...expect, output: { equals: value } } }))}
          />
        ) : null}
        {output !== undefined && 'condition' in output ? (
          <Textarea
            size="sm"
            label="Condition"
            description="JSONata over output and input. It must give true."
            autosize
            minRows={2}
            value={output.condition}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
            onChange={(event) => expecting({ output: { condition: event.currentTarget.value || 'true' } })}
          />
        ) : null}
        <MultiSelect
          size="sm"
          label="Goes through"
          description="Steps that must have been reached."
          placeholder={expect.through?.length ? '' : 'Any'}
          data={document.nodes.filter(({ type }) => type !== 'start').map(({ id, title }) => ({ value: id, label: title }))}
          value={expect.through ?? []}
          searchable
          onChange={(through) => {
            if (through.length === 0) expecting({}, ['through']);
            else expecting({ through: through as NodeId[] }); // the values are the nodes' ids
          }}
        />
      </fieldset>
      <details className="sc-more">
        <summary>{moreWords(scenario)}</summary>
        {(['events', 'decisions', 'pins'] as const).map((part) => (
          // Their values are JSON by their types' own declaration.
          <JsonField key={part} {...parts[part]} {...json(part, scenario[part] as unknown as Json | undefined, putPart(part))} />
        ))}
      </details>
    </div>
  );
}

function moreWords({ events = [], decisions = {}, pins = {} }: Scenario): string {
  const count = (n: number, one: string, many: string): string[] => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`]);
  const given = [
    ...count(events.length, 'event', 'events'),
    ...count(Object.keys(decisions).length, 'decision', 'decisions'),
    ...count(Object.keys(pins).length, 'pinned step', 'pinned steps'),
  ];
  return `Events, decisions and pinned data (${given.length === 0 ? 'none' : given.join(', ')})`;
}

/** `of`: how the value reads once it is taken over; the text as typed is shown as long as that is what is there. */
function judge(
  text: string,
  given: string,
  put: (value: Json) => Scenario,
  document: WorkflowDocument,
): { of: string; error: string | null; scenario?: Scenario } {
  const read = readJson(text);
  if (!read.ok) return { of: given, error: read.message };
  const scenario = put(read.value);
  const others = (document.scenarios ?? []).filter(({ id }) => id !== scenario.id);
  const parsed = parseDocument({ ...document, scenarios: [...others, scenario] });
  if (!parsed.ok)
    return { of: given, error: parsed.problems[0]?.detail.replace(/^scenarios\.\d+\.?/, '') ?? 'It is not what stands here.' };
  return { of: read.value === null && text.trim() === '' ? '' : JSON.stringify(read.value, null, 2), error: null, scenario };
}
