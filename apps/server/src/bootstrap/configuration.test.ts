import { describe, expect, it } from 'vitest';
import { loadConfiguration, type Configuration } from './configuration.ts';

describe('loadConfiguration', () => {
  it('has a default for everything', () => {
    expect(load({})).toMatchObject({
      host: '127.0.0.1',
      port: 4680,
      dataDirectory: expect.stringMatching(/\.perdure$/),
      databaseUrl: null,
      redisUrl: null,
      publicUrl: 'http://localhost:4680',
      trustProxy: false,
      apiKey: null,
      roles: { api: true, worker: true, chosen: false },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(load({ PERDURE_PORT: '', DATABASE_URL: ' ', PERDURE_API_KEY: '' })).toMatchObject({
      port: 4680,
      databaseUrl: null,
      apiKey: null,
    });
  });

  it('prints localhost in links, and the name of another host', () => {
    expect(load({ PERDURE_HOST: '0.0.0.0', PERDURE_PORT: '81' }).publicUrl).toBe('http://localhost:81');
    expect(load({ PERDURE_HOST: 'perdure.lan' }).publicUrl).toBe('http://perdure.lan:4680');
    expect(load({ PERDURE_PUBLIC_URL: 'https://perdure.example.com/' }).publicUrl).toBe('https://perdure.example.com');
  });

  it.each([
    [{ PERDURE_PORT: '0' }, /PERDURE_PORT: Give a port number/],
    [{ PERDURE_PORT: '65536' }, /PERDURE_PORT: Give a port number/],
    [{ PERDURE_PORT: '80a' }, /PERDURE_PORT: Give a port number/],
    [{ PERDURE_API_KEY: 'x'.repeat(23) }, /PERDURE_API_KEY: The key is too short: use at least 24 characters/],
    [{ DATABASE_URL: 'mysql://localhost/x' }, /DATABASE_URL: Give a Postgres connection string/],
    [{ REDIS_URL: 'localhost:6379' }, /REDIS_URL: Give a Redis connection string/],
    [{ PERDURE_PUBLIC_URL: 'https://example.com/perdure' }, /PERDURE_PUBLIC_URL: Give the origin/],
    [{ PERDURE_HOST: 'a b' }, /PERDURE_HOST: Give an address/],
    [{ PERDURE_PROT: '4680' }, /PERDURE_PROT is not a variable Perdure knows/],
  ])('refuses %o with the reason', (env, message) => {
    const loaded = loadConfiguration(env, []);
    expect(loaded.ok ? [] : loaded.problems).toEqual([expect.stringMatching(message)]);
  });

  it('accepts a key of 24 characters', () => {
    expect(load({ PERDURE_API_KEY: 'x'.repeat(24) }).apiKey).toHaveLength(24);
  });

  it('never repeats a secret in a refusal', () => {
    const loaded = loadConfiguration({ PERDURE_API_KEY: 'sesame', DATABASE_URL: 'mysql://u:sesame@h/x' }, []);
    expect(JSON.stringify(loaded)).not.toContain('sesame');
  });

  it.each([
    ['true', true],
    ['false', false],
    ['2', 2],
    ['10.0.0.0/8', '10.0.0.0/8'],
  ])('hands PERDURE_TRUST_PROXY=%s to Fastify as %o', (text, value) => {
    expect(load({ PERDURE_TRUST_PROXY: text }).trustProxy).toBe(value);
  });

  it('knows the roles', () => {
    expect(load({}, ['--worker']).roles).toEqual({ api: false, worker: true, chosen: true });
    expect(load({}, ['--api']).roles).toEqual({ api: true, worker: false, chosen: true });
    expect(load({}, ['--api', '--worker']).roles).toEqual({ api: true, worker: true, chosen: true });
    expect(loadConfiguration({}, ['--wroker'])).toEqual({
      ok: false,
      problems: ['Unknown argument "--wroker": there are --worker and --api.'],
    });
  });
});

function load(env: Record<string, string>, argv: string[] = []): Configuration {
  const loaded = loadConfiguration(env, argv);
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.configuration;
}
