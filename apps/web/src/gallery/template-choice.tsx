import { NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { templateCategories } from '@perdure/graph';
import type { TemplateSummary } from '@perdure/server/contract';
import { useMemo, useState, type ReactNode } from 'react';
import { SkeletonRows } from '../components/skeleton.tsx';

/** Blank, and the templates by category: one group of radio buttons, so that the arrow keys go through all of them. */
export function TemplateChoice({
  templates,
  isLoading,
  chosen,
  focusSearch,
  onChoose,
}: {
  templates: readonly TemplateSummary[];
  isLoading: boolean;
  chosen: string | null;
  focusSearch: boolean;
  onChoose(key: string | null): void;
}) {
  const [text, setText] = useState('');
  const [pattern, setPattern] = useState('');
  const patterns = useMemo(() => [...new Set(templates.flatMap((template) => template.patterns))].toSorted(), [templates]);
  const found = templates.filter((template) => isMatch(template, text) && (pattern === '' || template.patterns.includes(pattern)));
  const isNarrowed = text.trim() !== '' || pattern !== '';
  return (
    <div className="gl-choice">
      <div className="gl-find">
        <TextInput
          aria-label="Search templates"
          placeholder="Search templates"
          type="search"
          {...(focusSearch && { 'data-autofocus': true })}
          leftSection={<IconSearch size={14} stroke={1.8} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // Enter would create what is chosen, which may not be among what is found.
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault();
          }}
        />
        <NativeSelect
          aria-label="Pattern"
          value={pattern}
          onChange={(event) => setPattern(event.currentTarget.value)}
          data={[{ value: '', label: 'All patterns' }, ...patterns.map((one) => ({ value: one, label: capital(one) }))]}
        />
      </div>
      <p className="visually-hidden" role="status">
        {isNarrowed ? `${found.length} ${found.length === 1 ? 'template' : 'templates'} found` : ''}
      </p>
      <div className="gl-list">
        {isNarrowed ? null : (
          <Card isChosen={chosen === null} onChoose={() => onChoose(null)} title="Blank">
            Start and end, nothing between.
          </Card>
        )}
        {isLoading ? <SkeletonRows rows={8} height={52} label="Loading templates" /> : null}
        {templateCategories.map(({ key, label }) => {
          const inside = found.filter(({ category }) => category === key);
          return inside.length === 0 ? null : (
            <fieldset key={key}>
              <legend>{label}</legend>
              {inside.map((template) => (
                <Card key={template.key} isChosen={chosen === template.key} onChoose={() => onChoose(template.key)} title={template.title}>
                  {template.description}
                </Card>
              ))}
            </fieldset>
          );
        })}
        {isNarrowed && found.length === 0 ? (
          <p className="t2 gl-none">No template is like that. Search for another word or pattern.</p>
        ) : null}
      </div>
    </div>
  );
}

function Card({ title, isChosen, onChoose, children }: { title: string; isChosen: boolean; onChoose(): void; children: ReactNode }) {
  return (
    <label className={`gl-card${isChosen ? ' on' : ''}`}>
      <input type="radio" name="template" className="visually-hidden" checked={isChosen} onChange={onChoose} />
      <span className="b6">{title}</span>
      <span className="s12 t2">{children}</span>
    </label>
  );
}

/** Every word typed stands somewhere in what the card says, or in its patterns. */
function isMatch({ title, description, patterns }: TemplateSummary, text: string): boolean {
  const said = [title, description, ...patterns].join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => said.includes(word));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
