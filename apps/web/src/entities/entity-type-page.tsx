import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { IconArchive, IconChevronDown, IconDeviceFloppy, IconPlus, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { entityKinds, type EntityKind, type Json, type Problem } from '@perdure/graph';
import type { EntityTypeDetail } from '@perdure/server/contract';
import { describeError } from '../api/describe-error.ts';
import { trpc } from '../api/trpc.ts';
import { useRefusalOnEntities } from '../api/use-refusal.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { JsonField, readJson } from '../components/json-field.tsx';
import { formatMoment } from '../components/moment.ts';
import { SkeletonRows } from '../components/skeleton.tsx';
import { toast, toastError } from '../components/toast.tsx';
import { Breadcrumb, TopBar } from '../shell/top-bar.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { StatusIcon } from '../status/status-icon.tsx';
import { draftDocument, draftOf, draftProblems, freshOperation, type EntityTypeDraft, type OperationDraft } from './entity-type-draft.ts';
import { OperationExpression } from './operation-expression.tsx';
import { operationsOf } from './operations-of.ts';
import './entities.css';
import { whoInWords } from '../components/who-in-words.ts';

const route = getRouteApi('/shell/entity-types/$name');
const crumbs = [{ label: 'Entity types', to: { to: '/entities', search: { tab: 'types' } } }] as const;

export function EntityTypePage() {
  const { name } = route.useParams();
  useDocumentTitle(name);
  const type = useQuery(trpc.entityTypes.get.queryOptions({ name }));
  /** Counts the times somebody else's version was taken over: the fields begin anew then. */
  const [round, setRound] = useState(0);
  if (type.data)
    return <Editor key={`${name} ${round}`} type={type.data} onReload={() => void type.refetch().then(() => setRound(round + 1))} />;
  return (
    <>
      <TopBar>
        <Breadcrumb crumbs={[...crumbs]} current={name} mono />
      </TopBar>
      {type.isPending ? (
        <SkeletonRows rows={6} label="Loading the entity type" />
      ) : (
        <ErrorState
          error={type.error}
          {...(describeError(type.error).transient ? { onRetry: () => void type.refetch() } : {})}
          wayOut={
            <Link to="/entities" search={{ tab: 'types' }} className="btn">
              Open the entity types
            </Link>
          }
        />
      )}
    </>
  );
}

function Editor({ type, onReload }: { type: EntityTypeDetail; onReload: () => void }) {
  const { name } = type;
  const queries = useQueryClient();
  const noEdit = useRefusalOnEntities('workflow.edit', 'Your role may not change entity types');
  const mayEdit = noEdit === null;
  const [title, setTitle] = useState(type.title);
  const [description, setDescription] = useState(type.description);
  const [draft, setDraft] = useState(() => draftOf(type.document));
  const [archiving, setArchiving] = useState(false);
  /** What the fields were made from, or saved as. */
  const [saved, setSaved] = useState(() => ({ version: type.version, text: textOf(type.title, type.description, draftDocument(draft)) }));
  const [conflict, setConflict] = useState<{ version: number; savedBy: string } | null>(null);
  const document = useMemo(() => draftDocument(draft), [draft]);
  const problems = useMemo(() => draftProblems(draft), [draft]);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const text = textOf(title, description, document);
  const save = useMutation(
    trpc.entityTypes.save.mutationOptions({
      onSuccess: (result, sent) => {
        if (!result.ok) {
          if (result.code === 'entity-type.conflict') setConflict(result);
          else toast({ shape: 'failed', title: 'It has problems', detail: result.problems[0]?.detail });
          return;
        }
        setConflict(null);
        setSaved({ version: result.version, text: textOf(sent.title, sent.description ?? '', sent.document) });
        void queries.invalidateQueries({ queryKey: trpc.entityTypes.pathKey() });
        toast({
          title: result.version === sent.baseVersion ? 'Saved' : `Saved as version ${result.version}`,
          detail: result.version === sent.baseVersion ? '' : 'Entities use it from their next operation on.',
        });
      },
      onError: toastError,
    }),
  );
  const send = (baseVersion: number) => save.mutate({ name, baseVersion, title: title.trim(), description, document });
  const problemOf = (field: string): string | undefined => problems.find((problem) => problem.field === field)?.detail;
  const kind = entityKinds.find((one) => one.kind === draft.kind);
  const refusal = !mayEdit
    ? noEdit
    : title.trim() === ''
      ? 'Give it a title'
      : errors > 0
        ? 'Correct what is marked first'
        : text === saved.text
          ? 'Everything is saved'
          : null;
  return (
    <>
      <TopBar>
        <Breadcrumb crumbs={[...crumbs]} current={type.title} />
        <span className="tag line mono">{name}</span>
        <span className="tag num">v{saved.version}</span>
        <span className="t3 s12 ell num">
          Saved {formatMoment(type.updatedAt)} by {whoInWords(type.updatedBy)}
        </span>
        <span className="grow" />
        <Button icon={<IconArchive className="ic" stroke={1.8} />} refusal={noEdit} onClick={() => setArchiving(true)}>
          Archive…
        </Button>
        <Button
          look="primary"
          icon={<IconDeviceFloppy className="ic" stroke={1.8} />}
          refusal={refusal}
          busy={save.isPending}
          onClick={() => send(saved.version)}
        >
          Save
        </Button>
      </TopBar>
      {conflict === null ? null : (
        <div className="entity-conflict" role="alert">
          <StatusIcon shape="warning" size={14} />
          <span className="grow">
            Version {conflict.version} was saved by {whoInWords(conflict.savedBy)} meanwhile.
          </span>
          <Button size="sm" onClick={onReload}>
            Load it, dropping what stands here
          </Button>
          <Button size="sm" onClick={() => send(conflict.version)}>
            Save this over it
          </Button>
        </div>
      )}
      <div className="entity-type-page">
        <div className="entity-type-form">
          <div className="entity-type-head">
            <TextInput
              size="sm"
              label="Title"
              value={title}
              readOnly={!mayEdit}
              onChange={(event) => setTitle(event.currentTarget.value)}
              maxLength={200}
            />
            <NativeSelect
              size="sm"
              label="Kind"
              disabled={!mayEdit}
              rightSection={<IconChevronDown size={13} stroke={1.8} aria-hidden="true" />}
              data={entityKinds.map((one) => ({ value: one.kind, label: one.label }))}
              value={draft.kind}
              // The options are the kinds.
              onChange={(event) => setDraft({ ...draft, kind: event.currentTarget.value as EntityKind })}
            />
          </div>
          <Textarea
            size="sm"
            label="Description"
            autosize
            minRows={1}
            value={description}
            readOnly={!mayEdit}
            onChange={(event) => setDescription(event.currentTarget.value)}
            maxLength={2_000}
          />
          {draft.kind === 'aggregator' ? (
            <TextInput
              size="sm"
              label="Looks back over"
              description="A duration: 5m, 1h, 7d"
              value={draft.window}
              readOnly={!mayEdit}
              error={problemOf('window')}
              onChange={(event) => setDraft({ ...draft, window: event.currentTarget.value })}
            />
          ) : null}
          {draft.kind === 'custom' ? <CustomFields draft={draft} onChange={setDraft} problems={problems} readOnly={!mayEdit} /> : null}
        </div>
        <section className="card entity-offers" aria-labelledby="entity-offers">
          <div className="hd">
            <h2 id="entity-offers">{kind?.label}</h2>
          </div>
          <div className="bd">
            <p className="t2">{kind?.description}</p>
            <Operations draft={draft} />
          </div>
        </section>
      </div>
      {archiving ? <ArchiveDialog name={name} onClose={() => setArchiving(false)} /> : null}
    </>
  );
}

function textOf(title: string, description: string, document: Json): string {
  return JSON.stringify([title.trim(), description, document]);
}

/** What a workflow can ask, as the fields say now. */
function Operations({ draft }: { draft: EntityTypeDraft }) {
  const operations =
    draft.kind === 'custom'
      ? operationsOf({
          formatVersion: 1,
          kind: 'custom',
          initialState: null,
          operations: draft.operations.map(({ name, description }) => ({ name: name || 'unnamed', description })),
        })
      : (entityKinds.find(({ kind }) => kind === draft.kind)?.operations ?? []);
  return (
    <dl className="entity-operations">
      {operations.map(({ name, does, input, result }, at) => (
        // Two may have the same name while they are typed.
        <div key={`${at} ${name}`}>
          <dt className="mono b5">{name}</dt>
          <dd>
            {does === '' ? null : <p>{plain(does)}</p>}
            {input === '' ? null : (
              <p className="s12 t3">
                Takes: {plain(input)} Gives: {plain(result)}
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The texts are those of the documentation, which marks code. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}

function CustomFields({
  draft,
  onChange,
  problems,
  readOnly,
}: {
  draft: EntityTypeDraft;
  onChange: (draft: EntityTypeDraft) => void;
  problems: readonly Problem[];
  readOnly: boolean;
}) {
  const initial = readJson(draft.initialState);
  const sample = initial.ok ? initial.value : null;
  const replace = (at: number, operation: OperationDraft) =>
    onChange({ ...draft, operations: draft.operations.map((old, index) => (index === at ? operation : old)) });
  const problemOf = (field: string): string | undefined => problems.find((problem) => problem.field === field)?.detail;
  return (
    <>
      <JsonField
        label="First state"
        description="What an operation sees as state while the entity has none."
        value={draft.initialState}
        onChange={(initialState) => !readOnly && onChange({ ...draft, initialState })}
        rows={2}
        error={problemOf('initialState') ?? null}
      />
      <div role="group" aria-label="Operations" className="entity-type-operations">
        <div className="label">Operations</div>
        {problemOf('operations') === undefined ? null : <div className="ds-field-problem">{problemOf('operations')}</div>}
        {draft.operations.map((operation, at) => (
          <div key={operation.id} className="card entity-operation" role="group" aria-label={`Operation ${operation.name || at + 1}`}>
            <div className="entity-operation-head">
              <TextInput
                size="sm"
                label="Name"
                value={operation.name}
                readOnly={readOnly}
                error={problemOf(`operations.${at}.name`) ?? problemOf(`operations.${at}`)}
                onChange={(event) => replace(at, { ...operation, name: event.currentTarget.value })}
                styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
                spellCheck={false}
              />
              <TextInput
                size="sm"
                label="What it does"
                value={operation.description}
                readOnly={readOnly}
                error={problemOf(`operations.${at}.description`)}
                onChange={(event) => replace(at, { ...operation, description: event.currentTarget.value })}
              />
              {readOnly ? null : (
                <Button
                  look="ghost"
                  icon={<IconX className="ic" stroke={1.8} />}
                  aria-label={`Remove ${operation.name || 'the operation'}`}
                  onClick={() => onChange({ ...draft, operations: draft.operations.filter((one) => one !== operation) })}
                />
              )}
            </div>
            {expressions.map(({ field, label, help, placeholder }) => (
              <OperationExpression
                key={field}
                label={label}
                of={operation.name || `operation ${at + 1}`}
                help={help}
                placeholder={placeholder}
                value={operation[field]}
                state={sample}
                problem={problemOf(`operations.${at}.${field}`)}
                readOnly={readOnly}
                onChange={(source) => replace(at, { ...operation, [field]: source })}
              />
            ))}
          </div>
        ))}
        {readOnly ? null : (
          <div>
            <Button
              icon={<IconPlus className="ic" stroke={1.8} />}
              onClick={() => onChange({ ...draft, operations: [...draft.operations, freshOperation()] })}
            >
              Add operation
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

const expressions = [
  { field: 'state', label: 'New state', help: 'Left empty: it only reads.', placeholder: '{ "balance": state.balance + input }' },
  { field: 'result', label: 'Result', help: 'What a caller gets. Left empty: null.', placeholder: 'state.balance' },
  {
    field: 'signals',
    label: 'Signals to others',
    help: 'A list of { entity, key, operation, input, delay? }. Left empty: none.',
    placeholder: '[{ "entity": "totals", "key": "all", "operation": "add", "input": input }]',
  },
] as const;

function ArchiveDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const archive = useMutation(
    trpc.entityTypes.archive.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries({ queryKey: trpc.entityTypes.list.queryKey() });
        void navigate({ to: '/entities', search: { tab: 'types' } });
        toast({ title: `Archived ${name}` });
      },
    }),
  );
  return (
    <Dialog
      opened
      onClose={onClose}
      title={`Archive ${name}?`}
      action="Archive"
      danger
      busy={archive.isPending}
      error={archive.error}
      onAction={() => archive.mutate({ name })}
    >
      <p>Its entities keep their state, and refuse every operation from now on. The name stays taken.</p>
    </Dialog>
  );
}
