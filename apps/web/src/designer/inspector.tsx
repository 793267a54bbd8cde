import { TextInput } from '@mantine/core';
import {
  renameNodeId,
  standardCatalogue,
  type Field,
  type GraphNode,
  type NodeId,
  type Problem,
  type WorkflowDocument,
} from '@perdure/graph';
import { IconDots } from '@tabler/icons-react';
import { Menu } from '@mantine/core';
import { useDeferredValue, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { NodeChip } from '../canvas/node-icon.tsx';
import { ActionItem } from '../components/action-item.tsx';
import { Button } from '../components/button.tsx';
import { Tabs, type TabItem } from '../components/tabs.tsx';
import { toast } from '../components/toast.tsx';
import { changeField, ConfigField } from './config-field.tsx';
import { DataTree } from './data-tree.tsx';
import { titleField, type DesignerModel, type FieldShown } from './designer-model.ts';
import { updateNode } from './document-edits.ts';
import { NodeHelp } from './node-help.tsx';
import { unfinishedKey } from './unfinished-json.ts';
import { expressionData, type SampleRun } from './expression-data.ts';
import { InspectorContext, type InsertTarget, type InspectorContextValue } from './inspector-context.ts';
import { PreviewSourceMenu } from './preview-source-menu.tsx';
import { hasSameData } from './same-data.ts';
import { RetryRuler } from './retry-ruler.tsx';
import { RetryTab } from './retry-tab.tsx';
import { TestTab } from './trying/test-tab.tsx';
import { useDesigner } from './use-designer.ts';

interface InspectorProps {
  model: DesignerModel;
  node: GraphNode;
  document: WorkflowDocument;
  problems: readonly Problem[];
  readOnly: boolean;
  sample: SampleRun | null;
  focusField: FieldShown | null;
}

/** The selected node's form, generated from its catalogue entry. */
export function Inspector({ model, node, document, problems, readOnly, sample, focusField }: InspectorProps) {
  const type = standardCatalogue.get(node.type);
  const [tab, setTab] = useState('Settings');
  const body = useRef<HTMLDivElement>(null);
  const title = useRef<HTMLInputElement>(null);
  const target = useRef<InsertTarget>(null);
  const [activeField, setActiveField] = useState<string | null>(null);
  const { stage } = useDesigner();

  const own = useMemo(() => problems.filter((problem) => problem.node === node.id), [problems, node.id]);
  // What leads to a node is read from the whole drawing: typing does not wait for it.
  const latest = useDeferredValue(document);
  const [settled, setSettled] = useState(latest);
  if (settled !== latest && !hasSameData(settled, latest, node.id)) setSettled(latest);
  const data = useMemo(() => expressionData(settled, node.id, sample), [settled, node.id, sample]);
  const context = useMemo<InspectorContextValue>(
    () => ({
      node,
      problems: own,
      sample,
      data,
      activeField,
      setTarget: (next) => {
        target.current = next;
        setActiveField(next.id);
      },
      leave: () => stage.focus(),
      unfinished: (field) => model.view.getState().unfinished.get(unfinishedKey(node.id, field)),
      keepUnfinished: (field, text) => model.keepUnfinished(node.id, field, text),
    }),
    [activeField, data, model, node, own, sample, stage],
  );

  const tabs = useMemo(() => {
    const named = [...new Set(type?.fields.map((field) => field.tab ?? 'Settings') ?? [])];
    const items: TabItem<string>[] = [{ key: 'Settings', label: 'Settings' }];
    if (type?.activity)
      items.push({
        key: 'Retry',
        label: 'Retry',
        ...(node.retry && { count: <span className="nb">{node.retry.maxNumberOfAttempts}×</span> }),
      });
    for (const name of named) if (name !== 'Settings') items.push({ key: name, label: name });
    items.push({ key: 'Test', label: 'Test' });
    items.push({ key: 'Help', label: 'Help' });
    return items;
  }, [type, node.retry]);
  const shown = tabs.some(({ key }) => key === tab) ? tab : 'Settings';

  const change = (edit: (node: GraphNode) => GraphNode, field: string): void => {
    model.change(`Change ${node.title}`, (before) => updateNode(before, node.id, edit), { mergeKey: `${node.id}.${field}` });
  };

  useEffect(() => {
    if (focusField?.node !== node.id) return;
    const [name = ''] = focusField.field.split('.');
    // Done once: the same node shown again later must not take the focus again.
    model.fieldShown();
    if (focusField.field === titleField) {
      if (focusField.focus) {
        title.current?.focus();
        title.current?.select();
      } else markFound(title.current);
      return;
    }
    setTab(
      name === 'retry' || name === 'timeout'
        ? 'Retry'
        : name === 'pinned'
          ? 'Test'
          : (type?.fields.find((field) => field.name === name)?.tab ?? 'Settings'),
    );
    // After the tab has been drawn.
    requestAnimationFrame(() => {
      const target = body.current?.querySelector(`[data-field="${CSS.escape(name)}"]`);
      target?.scrollIntoView({ block: 'center' });
      const control = target?.querySelector('input, textarea, select, .cm-content');
      if (!focusField.focus) markFound(target);
      else if (control instanceof HTMLElement) control.focus();
    });
  }, [focusField, model, node.id, type]);

  const insert = (path: string): void => {
    if (target.current) {
      target.current.insert(path);
      return;
    }
    void navigator.clipboard
      ?.writeText(path)
      .then(() => toast({ title: 'Path copied', detail: 'Click into a field first to insert it there.' }));
  };

  if (!type) {
    return (
      <aside className="ds-inspector" aria-label="Inspector">
        <div className="ds-inspector-body">
          <p>This installation does not know the node type “{node.type}”. Remove the node, or open the workflow where it was made.</p>
        </div>
      </aside>
    );
  }

  const fields = type.fields.filter((field) => (field.tab ?? 'Settings') === shown);
  return (
    <InspectorContext value={context}>
      <aside className="ds-inspector" aria-label="Inspector">
        <div className="ds-inspector-head">
          <NodeChip type={type} />
          <div className="grow">
            <input
              ref={title}
              className="ds-title-input"
              aria-label="Title"
              value={node.title}
              readOnly={readOnly}
              maxLength={200}
              onChange={(event) => {
                const text = event.currentTarget.value;
                change((before) => ({ ...before, title: text }), 'title');
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
              }}
            />
            <div className="ds-subtitle">
              <span>{type.label}</span>
              {readOnly ? (
                <span className="mono">{node.id}</span>
              ) : (
                <NodeIdInput key={node.id} model={model} node={node} document={document} />
              )}
            </div>
          </div>
          {readOnly ? null : <NodeMenu model={model} node={node} />}
        </div>
        {tabs.length > 1 ? (
          <div className="ds-inspector-tabs">
            <Tabs items={tabs} value={shown} onChange={setTab} label="Node" height={36} />
          </div>
        ) : null}
        <div className="ds-inspector-body" ref={body}>
          {readOnly ? <p className="s12 t3">Your role may look at this workflow, not change it.</p> : null}
          {shown === 'Help' ? (
            <NodeHelp
              node={node}
              type={type}
              refusal={readOnly ? 'Your role may look at this workflow, not change it' : null}
              onUseExample={(config) => {
                change((before) => ({ ...before, config: { ...before.config, ...config } }), 'example');
                setTab('Settings');
              }}
            />
          ) : shown === 'Test' ? (
            <TestTab node={node} readOnly={readOnly} />
          ) : shown === 'Retry' ? (
            <RetryTab node={node} type={type} change={change} />
          ) : (
            <>
              <div className="ds-fields" inert={readOnly}>
                {groupsOf(fields).map(({ group, fields: grouped }) => (
                  <FieldGroup key={group ?? ''} group={group}>
                    {grouped.map((field) => (
                      <ConfigField
                        key={`${node.id}.${field.name}`}
                        field={field}
                        path={field.name}
                        value={node.config[field.name]}
                        onChange={(value) =>
                          change((before) => ({ ...before, config: changeField(before.config, field.name, value) }), field.name)
                        }
                      />
                    ))}
                  </FieldGroup>
                ))}
              </div>
              {fields.length === 0 ? <p className="t3">Nothing to set here.</p> : null}
              {shown !== 'Help' && fields.some(takesData) ? (
                <DataTree roots={data.roots} onInsert={insert} side={<PreviewSourceMenu />} hint={sampleHint(sample)} />
              ) : null}
              {shown === 'Settings' && type.activity && node.retry ? (
                <div className="ds-retry-teaser">
                  <div className="label">
                    <span>Retry</span>
                    <span className="grow" />
                    <button type="button" className="plain lnk" onClick={() => setTab('Retry')}>
                      Edit
                    </button>
                  </div>
                  <RetryRuler retry={node.retry} />
                </div>
              ) : null}
            </>
          )}
        </div>
      </aside>
    </InspectorContext>
  );
}

/** Whose values the tree shows, where a person could take them for a run's. */
function sampleHint(sample: SampleRun | null): string | undefined {
  if (sample?.origin === 'schema')
    return 'No run yet: values from the input schema. Run the workflow once, or type sample data, to see what steps give.';
  return sample ? undefined : 'Run the workflow once, or type sample data, to see values here.';
}

/** Fields that an expression, and so a path, can stand in. */
function takesData({ widget }: Field): boolean {
  return ['value', 'expression', 'keyValues', 'cases', 'locks'].includes(widget);
}

/** Colours what was found for a moment. */
function markFound(target: Element | null | undefined): void {
  target?.animate([{ backgroundColor: 'var(--accent-tint)' }, { backgroundColor: 'transparent' }], { duration: 1400, easing: 'ease-in' });
}

/** Only a group that holds more than one field has a heading; the fields have labels of their own. */
function FieldGroup({ group, children }: { group: string | undefined; children: ReactNode }) {
  return (
    <div className="ds-group" {...(group !== undefined && { role: 'group', 'aria-label': group })}>
      {children}
    </div>
  );
}

function groupsOf(fields: readonly Field[]): { group: string | undefined; fields: Field[] }[] {
  const groups: { group: string | undefined; fields: Field[] }[] = [];
  for (const field of fields) {
    const last = groups.at(-1);
    if (last && last.group === field.group) last.fields.push(field);
    else groups.push({ group: field.group, fields: [field] });
  }
  return groups;
}

/** The name the node has in expressions. Renaming it renames it there, too. */
function NodeIdInput({ model, node, document }: { model: DesignerModel; node: GraphNode; document: WorkflowDocument }) {
  const [text, setText] = useState<string>(node.id);
  const renamed = renameNodeId(document, node.id, text as NodeId); // judged there
  const fault = renamed.ok ? null : renamed.reason;
  const commit = (): void => {
    if (fault !== null || text === node.id) {
      setText(node.id);
      return;
    }
    if (!renamed.ok) return;
    model.unfinishedFollows(node.id, text as NodeId); // judged by the rename
    model.change(`Rename ${node.id}`, () => renamed.document, { select: [text as NodeId] });
  };
  return (
    <TextInput
      variant="unstyled"
      className="ds-id"
      aria-label="Id"
      title={fault ?? 'The name of this node in expressions'}
      value={text}
      error={fault !== null}
      maxLength={64}
      spellCheck={false}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setText(node.id);
      }}
    />
  );
}

function NodeMenu({ model, node }: { model: DesignerModel; node: GraphNode }) {
  const refusal = node.type === 'start' ? 'A workflow always has its start' : null;
  return (
    <Menu>
      <Menu.Target>
        <Button look="ghost" icon={<IconDots className="ic" aria-hidden="true" />} aria-label="Node actions" />
      </Menu.Target>
      <Menu.Dropdown>
        <ActionItem keys="D" refusal={refusal} onClick={() => model.toggleDisabled()}>
          {node.disabled ? 'Enable' : 'Disable'}
        </ActionItem>
        <ActionItem keys="Delete" danger refusal={refusal} onClick={() => model.deleteSelection()}>
          Delete
        </ActionItem>
      </Menu.Dropdown>
    </Menu>
  );
}
