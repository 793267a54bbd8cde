import { checkJsonSchema, placeholdersOf, standardCatalogue } from '@perdure/graph';
import { expect, test } from 'vitest';
import { readEntityType } from '../entities/read-entity-type.ts';
import { checkDocument } from '../workflows/check-document.ts';
import { findTemplate, readEntityTemplate, readTemplates, templateDocument } from './read-templates.ts';

test('keys and titles are unique, and six templates are there from the start', () => {
  const templates = readTemplates();
  expect(new Set(templates.map(({ key }) => key)).size).toBe(templates.length);
  expect(new Set(templates.map(({ title }) => title)).size).toBe(templates.length);
  expect(templates.filter(({ seeded }) => seeded)).toHaveLength(6);
});

test.each(readTemplates().map((template) => [template.key, template] as const))('%s is whole as it stands', (_, template) => {
  const document = templateDocument(template, {});
  expect(checkDocument(document), 'compiles without errors, warnings or notices, and is sound').toEqual([]);
  expect(placeholdersOf(template.document).toSorted(), 'every parameter goes somewhere').toEqual(
    template.parameters.map(({ key }) => key).toSorted(),
  );
  for (const { type, title, config } of document.nodes) {
    expect(standardCatalogue.get(type)).toBeDefined();
    expect(title).toMatch(/^\p{Lu}/u);
    if (config['inputSchema'] !== undefined) expect(checkJsonSchema(config['inputSchema'])).toEqual([]);
  }
  const used = document.nodes.flatMap(({ config }) => [
    ...(typeof config['entity'] === 'string' ? [config['entity']] : []),
    ...(Array.isArray(config['locks']) ? config['locks'].map((lock) => (lock as { entity: string }).entity) : []), // the check has passed
  ]);
  expect([...new Set(used)].toSorted(), 'the entity types it names are those it uses').toEqual(template.entityTypes.toSorted());
  for (const name of template.entityTypes) expect(readEntityType(readEntityTemplate(name).document).problems).toEqual([]);
  for (const key of template.workflows) expect(findTemplate(key)).toBeDefined();
});
