import { describe, expect, it } from 'vitest';
import { draw, pathAnalyser } from '../document-fixture.ts';
import { validate } from '../validate.ts';
import { createCatalogue, portsOf, standardCatalogue, summaryOf } from './catalogue.ts';

const shapes: Record<string, string> = { trigger: 'solid', work: 'square', people: 'accent', wait: 'round', flow: 'outlined' };

describe('catalogue', () => {
  it('holds the node types of the palette', () => {
    expect(standardCatalogue.types.map(({ key }) => key)).toEqual([
      'start',
      'http',
      'transform',
      'humanTask',
      'timer',
      'event',
      'condition',
      'join',
      'forEach',
      'loop',
      'scope',
      'subWorkflow',
      'entity',
      'setVariables',
      'setStatus',
      'fail',
      'end',
    ]);
  });

  it.each(standardCatalogue.types.map((type) => [type.key, type] as const))('describes %s in full', (_, type) => {
    expect(type.chip).toBe(shapes[type.category]);
    for (const text of [type.label, type.icon, type.description, type.docs.does, type.docs.output, type.docs.example.says])
      expect(text).not.toBe('');
    expect(type.fields.map(({ name }) => name)).toEqual(Object.keys(type.schema.shape));
    for (const { label } of type.fields) expect(label).toMatch(/^[A-Z]/);
    // A choice without a value would show an empty select.
    for (const { required, widget } of type.fields) expect(required || widget !== 'select').toBe(true);
    expect(type.schema.safeParse(type.docs.example.config).error).toBeUndefined();
    expect(type.check(type.docs.example.config, 3)).toEqual([]);
  });

  it.each(standardCatalogue.types.map((type) => [type.key, type] as const))('reads any config of %s loosely', (_, type) => {
    for (const config of [
      {},
      type.defaultConfig(),
      ...type.fields.flatMap(({ name }) =>
        [null, 1, 'x', [], [1], [{}], [{ key: 1 }], { expr: 'a' }, { a: null }].map((value) => ({ [name]: value })),
      ),
    ]) {
      expect(new Set(type.ports(config).map(({ id }) => id)).size).toBe(type.ports(config).length);
      expect(type.summary(config, 2)).not.toBe('');
    }
  });

  it('gives every step but fail and end a way out, and only containers a body', () => {
    const having = (kind: string) =>
      standardCatalogue.types
        .filter((type) => type.ports(type.docs.example.config).some((port) => port.kind === kind))
        .map(({ key }) => key);
    expect(standardCatalogue.types.map(({ key }) => key).filter((key) => !having('normal').includes(key))).toEqual(['fail', 'end']);
    expect(having('inner')).toEqual(standardCatalogue.types.filter(({ container }) => container).map(({ key }) => key));
    expect(
      standardCatalogue.types
        .filter(({ ports, docs }) => ports(docs.example.config).some(({ id }) => id === 'error'))
        .map(({ key }) => key),
    ).toEqual(['http', 'transform', 'forEach', 'loop', 'subWorkflow', 'entity']);
  });

  it('shows ports that depend on the config only when they are there', () => {
    const ids = (type: string, config: Record<string, never>) => portsOf({ type, config }).map(({ id, kind }) => `${id} ${kind}`);
    expect(ids('event', {})).toEqual(['out normal']);
    expect(ids('event', { timeout: '1h' } as never)).toEqual(['out normal', 'timeout exceptional']);
    expect(ids('humanTask', { outcomes: [{ key: 'ok' }], deadline: '2d' } as never)).toEqual(['ok normal', 'overdue exceptional']);
    expect(ids('condition', { cases: [{ key: 'a' }, { key: 'b' }] } as never)).toEqual(['a normal', 'b normal', 'otherwise normal']);
    expect(ids('scope', { catches: [{ key: 'declined' }] } as never)).toEqual(['body inner', 'out normal', 'declined exceptional']);
    expect(ids('nope', {})).toEqual([]);
  });

  it.each([
    ['http', { method: 'POST', url: 'https://credit.test/v2/score?x=1' }, 'POST /v2/score'],
    ['http', { method: 'GET', url: { expr: 'input.url' } }, 'GET input.url'],
    ['humanTask', { candidates: ['finance'], due: '2d' }, 'Finance, due in 2 days'],
    ['event', { name: 'order.changed' }, 'Event order.changed'],
    ['subWorkflow', { workflow: 'shipping', version: 4 }, 'Sub-workflow, shipping v4'],
    ['join', { mode: 'all' }, 'All of 3'],
    ['join', { mode: 'count', count: 2 }, '2 of 3'],
    ['join', { mode: 'any' }, 'Any'],
    ['forEach', { mode: 'parallel', concurrency: 8 }, '8 at a time'],
    ['timer', { mode: 'for', value: '90m' }, 'For 1 hour 30 minutes'],
    ['transform', { value: { a: 1, b: { expr: 'input.b' } } }, 'Transform, 2 fields'],
  ])('sums up %s as the mockups do', (type, config, text) => {
    expect(summaryOf({ type, config }, 3)).toBe(text);
  });

  it('takes further types, and refuses two of one key', () => {
    const http = standardCatalogue.get('http')!;
    const catalogue = createCatalogue([...standardCatalogue.types, { ...http, key: 'ping', label: 'Ping' }]);
    const document = draw({ s: 'start', p: { type: 'ping', config: { method: 'GET', url: 'https://example.test/' } } }, ['s -> p']);
    expect(validate(document, pathAnalyser, catalogue)).toEqual([]);
    expect(validate(document, pathAnalyser)).toMatchObject([{ code: 'node.unknown-type' }]);
    expect(() => createCatalogue([http, http])).toThrow('Two node types share a key');
  });
});
