import { Autocomplete, TextInput } from '@mantine/core';
import { isExpression, type Json } from '@perdure/graph';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { trpc } from '../api/trpc.ts';
import { operationsOf } from '../entities/operations-of.ts';
import { ExpressionEditor } from './expression-editor.tsx';
import { useFieldProblem, useInspector } from './inspector-context.ts';
import type { FieldProps } from './labelled.tsx';
import { EntryList, pathInto, useTextOrExpression } from './list-fields.tsx';
import { asksForExpression } from './use-literal-switch.tsx';

/** Fields about entities: what exists is offered, any other text may be typed (a type can be made after the workflow that uses it). */

interface TextFieldProps extends FieldProps {
  problem: string | undefined;
  hint: string | undefined;
}

export function EntityTypeField({ field, value, onChange, problem, hint }: TextFieldProps) {
  const types = useEntityTypes();
  const text = typeof value === 'string' ? value : '';
  return (
    <Autocomplete
      size="sm"
      label={field.label}
      description={hint}
      placeholder={field.placeholder ?? ''}
      data={types.map(({ name }) => name)}
      value={text}
      error={problem}
      onChange={onChange}
    />
  );
}

export function EntityOperationField({ field, value, onChange, problem, hint }: TextFieldProps) {
  const { node } = useInspector();
  const types = useEntityTypes();
  const type = types.find(({ name }) => name === node.config['entity']);
  const operations = type === undefined ? [] : operationsOf(type.document);
  const text = typeof value === 'string' ? value : '';
  const chosen = operations.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  return (
    <Autocomplete
      size="sm"
      label={field.label}
      description={chosen?.does || hint}
      placeholder={field.placeholder ?? ''}
      data={operations.map(({ name }) => name)}
      value={text}
      error={problem}
      onChange={onChange}
    />
  );
}

/** What a critical section holds. An empty list makes it a plain scope again. */
export function LocksField(props: FieldProps) {
  const types = useEntityTypes();
  const { onChange } = props;
  return (
    <EntryList
      {...props}
      noun="lock"
      onChange={(locks) => onChange(Array.isArray(locks) && locks.length === 0 ? undefined : locks)}
      fresh={() => ({ entity: '', key: '' })}
    >
      {(entry, change, path) => (
        <>
          <LockType
            path={path}
            names={types.map(({ name }) => name)}
            value={typeof entry['entity'] === 'string' ? entry['entity'] : ''}
            onChange={(entity) => change({ ...entry, entity })}
          />
          <LockKey path={path} value={entry['key']} onChange={(key) => change({ ...entry, key })} />
        </>
      )}
    </EntryList>
  );
}

function LockType({ path, names, value, onChange }: { path: string; names: string[]; value: string; onChange: (name: string) => void }) {
  const problem = useFieldProblem(`${path}.entity`);
  return (
    <Autocomplete size="sm" aria-label="Entity type" placeholder="account" data={names} value={value} error={problem} onChange={onChange} />
  );
}

function LockKey({ path, value = '', onChange }: { path: string; value: Json | undefined; onChange: (key: Json) => void }) {
  const problem = useFieldProblem(`${path}.key`);
  const input = useRef<HTMLInputElement>(null);
  const literal = useTextOrExpression('Key', value, onChange);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return (
    <div {...literal.around}>
      <div className="row g6">
        <span className="s12 t2 grow">Key</span>
        {literal.switcher}
      </div>
      {isExpression(value) ? (
        <ExpressionEditor
          label="Key"
          value={value.expr}
          numbered={false}
          placeholder="input.from"
          problem={problem}
          autoFocus={literal.isNew}
          onChange={(expr) => onChange({ expr })}
        />
      ) : (
        <TextInput
          size="sm"
          ref={input}
          aria-label="Key"
          placeholder="one key"
          value={text}
          error={problem}
          onFocus={() => literal.target((picked) => literal.compute(pathInto(input.current, picked)))}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            if (asksForExpression(text, typed)) literal.compute('');
            else onChange(typed);
          }}
        />
      )}
    </div>
  );
}

function useEntityTypes() {
  return useQuery(trpc.entityTypes.list.queryOptions()).data ?? [];
}
