import { expect, it } from 'vitest';
import { standardCatalogue } from './catalogue/catalogue.ts';
import { draw, pathAnalyser } from './document-fixture.ts';
import type { Json, JsonObject } from './json.ts';
import { parseDocument } from './parse-document.ts';
import { validate } from './validate.ts';

const wrong: readonly Json[] = [
  { nope: 1 },
  [{ nope: 1 }],
  [[]],
  17.5,
  true,
  'x'.repeat(300),
  [{ key: 1, label: {}, when: [], tone: 'loud' }],
];
const zodWords = /expected|received|Invalid|Too (big|small)|regular expression/;

it('no setting of any node, however malformed, is answered in the words of the schema library', () => {
  const said = standardCatalogue.types.flatMap((type) =>
    type.fields.flatMap(({ name }) =>
      wrong.flatMap((value) => {
        const config: JsonObject = { ...type.defaultConfig(), [name]: value };
        const document = draw({ s: 'start', a: { type: type.key, config } }, ['s -> a']);
        return validate(document, pathAnalyser).map(({ detail }) => `${type.key}.${name}: ${detail}`);
      }),
    ),
  );
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((text) => zodWords.test(text))).toEqual([]);
});

it('a condition that is no text asks for an expression', () => {
  const cases = [{ key: 'a', label: 'Large', when: { nope: 1 } }];
  const document = draw({ s: 'start', a: { type: 'condition', config: { cases } } }, ['s -> a']);
  const found = validate(document, pathAnalyser).find(({ field }) => field === 'cases.0.when');
  expect(found).toMatchObject({ title: 'Cases does not fit', detail: 'a: Enter an expression.' });
});

it('what an entry of a list lacks is said of the entry', () => {
  const cases = [{ key: 'a', label: 'Large', when: '' }];
  const document = draw({ s: 'start', a: { type: 'condition', config: { cases } } }, ['s -> a']);
  const found = validate(document, pathAnalyser).find(({ field }) => field === 'cases.0.when');
  expect(found).toMatchObject({ code: 'config.missing', title: 'Cases is not finished', detail: 'a: Enter an expression.' });
});

it('a document that is none says what each place takes', () => {
  const parsed = parseDocument({
    formatVersion: 1,
    nodes: [{ id: 'a', type: 1, title: {}, parent: null, position: {}, config: [] }],
    edges: 7,
  });
  const said = parsed.ok ? [] : parsed.problems.map(({ detail }) => detail);
  expect(said).toContain('nodes.0.title: Enter a text.');
  expect(said).toContain('edges: Enter a list.');
  expect(said.filter((text) => zodWords.test(text))).toEqual([]);
});
