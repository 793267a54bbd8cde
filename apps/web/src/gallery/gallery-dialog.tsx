import { TextInput } from '@mantine/core';
import type { TemplateSummary, UsedTemplate } from '@perdure/server/contract';
import { templateCategories, templateValueProblems, type TemplateValue, type TemplateValues } from '@perdure/graph';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { useMe } from '../api/use-me.ts';
import { Dialog } from '../components/dialog.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { toast } from '../components/toast.tsx';
import { suggestKey } from '../workflows-page/suggest-key.ts';
import { TemplateChoice } from './template-choice.tsx';
import { TemplateParameters } from './template-parameters.tsx';
import { TemplatePreview } from './template-preview.tsx';
import './gallery.css';

/** A new workflow: blank, or a template filled by its parameters. */
export function GalleryDialog({ browse, onClose }: { browse: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const list = useQuery(trpc.templates.list.queryOptions(undefined, { staleTime: Infinity }));
  const [picked, setPicked] = useState<string | null | undefined>(undefined);
  const chosen = picked === undefined ? (browse ? firstShown(list.data) : null) : picked;
  const detail = useQuery(trpc.templates.get.queryOptions({ key: chosen ?? '' }, { enabled: chosen !== null })).data;
  const template = chosen === null ? undefined : detail;
  const [title, setTitle] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [given, setGiven] = useState<TemplateValues>({});

  const shownTitle = title ?? list.data?.find((one) => one.key === chosen)?.title ?? '';
  const shownKey = key ?? suggestKey(shownTitle);
  const problems = template ? templateValueProblems(template.parameters, given) : [];
  const faulty = template?.parameters.find((parameter) => parameter.key === problems[0]?.key);

  const open = (workflowKey: string): void => void navigate({ to: '/workflows/$key', params: { key: workflowKey } });
  const create = useMutation(trpc.workflows.create.mutationOptions({ onSuccess: (created) => open(created.key) }));
  const use = useMutation(
    trpc.templates.use.mutationOptions({
      onSuccess: (used) => {
        tellNeeds(used);
        open(used.key);
      },
    }),
  );
  // A key nobody has typed is made by the server, which adds a number when it is taken.
  const named = { title: shownTitle.trim(), ...(key !== null && { key }) };

  return (
    <Dialog
      opened
      onClose={onClose}
      title="New workflow"
      action="Create"
      size={1080}
      busy={create.isPending || use.isPending}
      error={use.error ?? create.error}
      refusal={
        shownTitle.trim() === ''
          ? 'Give it a title'
          : shownKey === ''
            ? 'Give it a key'
            : chosen !== null && !template
              ? 'The template is loading'
              : faulty
                ? `${faulty.label}: ${problems[0]?.message}`
                : null
      }
      onAction={() => {
        if (template) use.mutate({ template: template.key, values: given, ...named });
        else if (chosen === null) create.mutate(named);
      }}
    >
      <div className="gl">
        <TemplateChoice
          templates={list.data ?? []}
          isLoading={list.isPending}
          chosen={chosen}
          focusSearch={browse}
          onChoose={(next) => {
            setPicked(next);
            setGiven({});
          }}
        />
        {/* Another template is read from its top. */}
        <div className="gl-detail" key={chosen}>
          <div className="gl-names">
            <TextInput
              label="Title"
              value={shownTitle}
              onChange={(event) => setTitle(event.currentTarget.value)}
              {...(!browse && { 'data-autofocus': true })}
              maxLength={120}
            />
            <TextInput
              label="Key"
              value={shownKey}
              onChange={(event) => setKey(event.currentTarget.value)}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mono)', fontSize: 12 } }}
            />
          </div>
          <p className="s12 t3">The key stands in addresses and in the API, and stays as it is.</p>
          {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
          {chosen === null ? (
            <p className="t2 gl-blank">An empty canvas with a start and an end. Choose a template to begin with something that runs.</p>
          ) : (
            <TemplateDetails
              template={template}
              given={given}
              onGiven={(name, value) => setGiven((before) => ({ ...before, [name]: value }))}
            />
          )}
        </div>
      </div>
    </Dialog>
  );
}

function TemplateDetails({
  template,
  given,
  onGiven,
}: {
  template: Parameters<typeof TemplatePreview>[0]['template'];
  given: TemplateValues;
  onGiven(key: string, value: TemplateValue): void;
}) {
  const demoServices = useMe().data?.installation.demoServices ?? true;
  return (
    <>
      <TemplatePreview template={template} values={given} />
      {template ? (
        <>
          <p>{template.shows}</p>
          <div className="row g4 gl-tags">
            {template.patterns.map((pattern) => (
              <span className="tag" key={pattern}>
                {pattern}
              </span>
            ))}
          </div>
          {demoServices ? null : (
            <p className="s12 t2">The demo services are off here. Put your own addresses into its HTTP steps before you run it.</p>
          )}
          {needsOf(template).map((need) => (
            <p className="s12 t2" key={need}>
              {need}
            </p>
          ))}
          <TemplateParameters parameters={template.parameters} given={given} onGiven={onGiven} />
        </>
      ) : null}
    </>
  );
}

function firstShown(templates: readonly TemplateSummary[] = []): string | null {
  return templates.find(({ category }) => category === templateCategories[0].key)?.key ?? null;
}

/** What comes along, and what is in the way, before it is created. */
function needsOf({ entityTypes, workflows }: Pick<UsedTemplate, 'entityTypes' | 'workflows'>): string[] {
  return [
    ...entityTypes.map(({ title, name, state }) => {
      switch (state) {
        case 'missing':
          return `Creates the entity type ${title} (${name}), too.`;
        case 'same':
          return `Works with the entity type ${title} (${name}), which is here.`;
        case 'different':
          return `The entity type ${name} is here, but is not what the template expects. It stays as it is.`;
        case 'archived':
          return `The entity type ${name} is archived, so it cannot be created. Steps that use it fail.`;
      }
    }),
    ...workflows.map(({ title, key, state }) => {
      switch (state) {
        case 'missing':
          return `Creates a draft of ${title} (${key}), too. Publish it before you run this one.`;
        case 'draft':
          return `Starts ${title} (${key}), which is not published yet.`;
        case 'published':
          return `Starts ${title} (${key}), which is here.`;
        case 'archived':
          return `Starts the workflow ${key}, which is archived. The step that starts it fails.`;
      }
    }),
  ];
}

function tellNeeds({ entityTypes, workflows }: UsedTemplate): void {
  const unpublished = workflows.filter(({ state }) => state === 'missing' || state === 'draft').map(({ title }) => title);
  if (unpublished.length > 0)
    toast({
      shape: 'warning',
      title: `Publish ${unpublished.join(' and ')} as well`,
      detail: 'This workflow starts it as a sub-workflow.',
    });
  for (const { name, state } of entityTypes)
    if (state === 'different' || state === 'archived')
      toast({ shape: 'warning', title: `The entity type ${name} is ${state}`, detail: 'Look at it before you run this workflow.' });
}
