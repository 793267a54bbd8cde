import { Select } from '@mantine/core';
import type { Json } from '@perdure/graph';
import { lazy, Suspense } from 'react';
import { describeError } from '../api/describe-error.ts';
import { JsonField } from './json-field.tsx';
import { Skeleton } from './skeleton.tsx';
import type { InputFormState } from './use-input-form.ts';

const SchemaForm = lazy(() => import('./schema-form.tsx').then((module) => ({ default: module.SchemaForm })));

/** An input that is at hand: the last run's, a scenario's. */
export interface KnownInput {
  title: string;
  value: Json;
}

/** The input of an instance: a form or JSON, other inputs to take over, and what the server says is wrong with it. */
export function InputForm({
  id,
  state,
  known = [],
  error,
}: {
  id: string;
  state: InputFormState;
  known?: readonly KnownInput[];
  error?: unknown;
}) {
  const { hasForm, mode, schema, value, text, form, generation } = state;
  const fields = error === undefined || error === null ? [] : describeError(error).fields;
  return (
    <>
      {hasForm || known.length > 0 ? (
        <div className="row g8">
          {hasForm ? (
            <div className="seg" role="group" aria-label="Input as">
              {(['form', 'json'] as const).map((one) => (
                <button key={one} type="button" aria-pressed={mode === one} onClick={() => state.setMode(one)}>
                  {one === 'form' ? 'Form' : 'JSON'}
                </button>
              ))}
            </div>
          ) : null}
          <span className="grow" />
          {known.length > 0 ? (
            <Select
              size="xs"
              w={220}
              aria-label="Take over an input"
              placeholder="Take over an input"
              data={known.map(({ title }, i) => ({ value: String(i), label: title }))}
              value={null}
              onChange={(picked) => {
                const taken = picked === null ? undefined : known[Number(picked)];
                if (taken) state.put(taken.value);
              }}
            />
          ) : null}
        </div>
      ) : null}
      {mode === 'form' ? (
        <Suspense fallback={<Skeleton height={60} />}>
          <SchemaForm key={generation} id={id} label="Input" schema={schema} value={value} onChange={state.setValue} handle={form} />
        </Suspense>
      ) : (
        <JsonField
          label="Input"
          description="JSON, what the expression variable input will hold."
          value={text}
          onChange={state.setText}
          rows={6}
        />
      )}
      {fields.length > 0 ? (
        <ul className="field-problems">
          {fields.map((field) => (
            <li key={field.field + field.message}>
              {field.field === '' ? '' : <span className="mono">{field.field} </span>}
              {field.message}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
