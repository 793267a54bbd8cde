import { Autocomplete, TextInput } from '@mantine/core';
import { isExpression, type Json } from '@perdure/graph';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../api/trpc.ts';
import { operationsOf } from '../entities/operations-of.ts';
import { ExpressionEditor } from './expression-editor.tsx';
import { useFieldProblem, useInspector } from './inspector-context.ts';
import type { FieldProps } from './labelled.tsx';
import { EntryList } from './list-fields.tsx';

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
  const computed = isExpression(value);
  const text = typeof value === 'string' ? value : computed ? value.expr : JSON.stringify(value);
  return (
    <>
      <div className="row g6">
        <span className="s12 t2 grow">Key</span>
        <span className="seg ds-seg" role="group" aria-label="Key: how it is given">
          <button type="button" aria-pressed={!computed} onClick={() => computed && onChange('')}>
            Text
          </button>
          <button
            type="button"
            aria-pressed={computed}
            onClick={() => !computed && onChange({ expr: value === '' ? '' : JSON.stringify(value) })}
          >
            Expression
          </button>
        </span>
      </div>
      {computed ? (
        <ExpressionEditor
          label="Key"
          value={text}
          numbered={false}
          placeholder="input.from"
          problem={problem}
          onChange={(expr) => onChange({ expr })}
        />
      ) : (
        <TextInput
          size="sm"
          aria-label="Key"
          placeholder="one key"
          value={text}
          error={problem}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </>
  );
}

function useEntityTypes() {
  return useQuery(trpc.entityTypes.list.queryOptions()).data ?? [];
}
