import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Json } from '@perdure/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityContext } from './activity.ts';
import { isAllowedPlace } from './allowed-place.ts';
import { createHttpActivity, type HttpActivity, type HttpActivityOptions } from './http.ts';

const routes: Record<string, RequestListener> = {};
let server: Server;
let origin: string;
let otherOrigin: string;
let other: Server;
const activities: HttpActivity[] = [];
let requests: string[] = [];

async function listen(listener: RequestListener): Promise<Server> {
  const started = createServer(listener);
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return started;
}

const portOf = (of: Server) => (of.address() as AddressInfo).port; // a TCP server

beforeAll(async () => {
  const listener: RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const route = routes[new URL(request.url ?? '/', 'http://x').pathname];
    if (route) route(request, response);
    else response.writeHead(404).end('no such route');
  };
  server = await listen(listener);
  other = await listen(listener);
  origin = `http://127.0.0.1:${portOf(server)}`;
  otherOrigin = `http://127.0.0.1:${portOf(other)}`;
});

afterAll(async () => {
  await Promise.all(activities.map((activity) => activity.close()));
  for (const one of [server, other]) {
    one.closeAllConnections();
    one.close();
  }
});

function activity(options: HttpActivityOptions = {}): HttpActivity {
  const created = createHttpActivity({
    allow: [
      { origin, pathPrefix: '/open' },
      { origin: otherOrigin, pathPrefix: '/open' },
    ],
    ...options,
  });
  activities.push(created);
  return created;
}

function context(changes: Partial<ActivityContext> = {}): ActivityContext {
  return {
    key: 'i/e/call#1',
    attempt: 1,
    signal: new AbortController().signal,
    instanceId: 'i',
    node: 'call',
    timeoutMs: 5000,
    ...changes,
  };
}

async function run(input: Json, options: HttpActivityOptions = {}, changes: Partial<ActivityContext> = {}) {
  requests = [];
  return activity(options).run(input, context(changes));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

const echo: RequestListener = (request, response) => {
  void textOf(request).then((body) => {
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  });
};

describe('requests', () => {
  test('method, query, headers, JSON body and idempotency key arrive', async () => {
    routes['/open/echo'] = echo;
    const result = await run({
      method: 'POST',
      url: `${origin}/open/echo?a=1`,
      query: { q: 'x y', list: [1, 2], none: null },
      headers: { 'X-Trace': 7, Authorization: 'Bearer t' },
      body: { amount: 3 },
    });
    expect(result).toMatchObject({
      ok: true,
      output: {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: {
          method: 'POST',
          url: '/open/echo?a=1&q=x+y&list=1&list=2',
          headers: { 'x-trace': '7', authorization: 'Bearer t', 'content-type': 'application/json', 'idempotency-key': 'i/e/call#1' },
          body: '{"amount":3}',
        },
      },
    });
  });

  test('a text body goes as it is; the key’s header can be renamed or left out', async () => {
    routes['/open/echo'] = echo;
    const renamed = await run(
      { method: 'PUT', url: `${origin}/open/echo`, body: 'plain', idempotencyHeader: 'X-Key' },
      {},
      { key: 'größe 1' },
    );
    expect(renamed).toMatchObject({
      ok: true,
      output: { body: { body: 'plain', headers: { 'x-key': 'gr%C3%B6%C3%9Fe%201', 'content-type': 'text/plain;charset=utf-8' } } },
    });
    const none = await run({ url: `${origin}/open/echo`, idempotencyHeader: null });
    expect(JSON.stringify(none)).not.toContain('idempotency-key');
  });

  test.each<[string, Json]>([
    ['InvalidUrl', { url: 'ftp://example.com/' }],
    ['InvalidUrl', { url: 'file:///etc/passwd' }],
    ['InvalidUrl', { url: 'not a url' }],
    ['InvalidUrl', { url: null }],
    ['InvalidUrl', { url: 'http://user:secret@example.com/' }],
    ['InvalidHeader', { url: 'http://example.com/', headers: { 'bad name': 'x' } }],
    ['InvalidHeader', { url: 'http://example.com/', headers: { a: 'x\r\nHost: y' } }],
    ['InvalidHeader', { url: 'http://example.com/', headers: { Host: 'y' } }],
    ['InvalidHeader', { url: 'http://example.com/', headers: { a: { b: 1 } } }],
    ['InvalidInput', { url: 'http://example.com/', method: 'TRACE' }],
  ])('%s, not to be retried: %j', async (code, input) => {
    expect(await run(input)).toMatchObject({ ok: false, failure: { code }, retryable: false });
  });
});

describe('answers', () => {
  test('other than 200 to 299 fail with the status and an excerpt', async () => {
    routes['/open/busy'] = (_request, response) => response.writeHead(503, { 'content-type': 'text/plain' }).end('x'.repeat(10_000));
    const result = await run({ url: `${origin}/open/busy?token=secret` });
    expect(result).toMatchObject({
      ok: false,
      failure: { code: 'HttpStatus.503', message: `503 Service Unavailable from GET ${origin}/open/busy.`, details: { status: 503 } },
    });
    expect(JSON.stringify(result)).not.toContain('secret');
    expect(JSON.stringify(result).length).toBeLessThan(4500);
    expect(result).not.toHaveProperty('retryable');
    routes['/open/teapot'] = (_request, response) =>
      response.writeHead(418, { 'content-type': 'application/problem+json' }).end('{"why":"tea"}');
    expect(await run({ url: `${origin}/open/teapot` })).toMatchObject({
      ok: false,
      failure: { code: 'HttpStatus.418', details: { body: { why: 'tea' } } },
    });
  });

  test('text, empty, broken JSON and other charsets', async () => {
    routes['/open/text'] = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>a\0b');
    expect(await run({ url: `${origin}/open/text` })).toMatchObject({ ok: true, output: { body: '<p>a\uFFFDb' } });
    routes['/open/empty'] = (_request, response) => response.writeHead(204).end();
    expect(await run({ url: `${origin}/open/empty` })).toMatchObject({ ok: true, output: { status: 204, body: null } });
    routes['/open/broken'] = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":');
    expect(await run({ url: `${origin}/open/broken` })).toMatchObject({ ok: true, output: { body: '{"a":' } });
    routes['/open/latin'] = (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/plain; charset=iso-8859-1' }).end(Buffer.from([0x67, 0xf6]));
    expect(await run({ url: `${origin}/open/latin` })).toMatchObject({ ok: true, output: { body: 'gö' } });
    routes['/open/null'] = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":"x\\u0000\\ud800"}');
    expect(await run({ url: `${origin}/open/null` })).toMatchObject({ ok: true, output: { body: { a: 'x\uFFFD\uFFFD' } } });
  });

  test('headers about a body that is not there', async () => {
    routes['/open/head'] = (_request, response) =>
      response.writeHead(200, { 'content-length': '99999999', 'content-encoding': 'gzip' }).end();
    expect(await run({ method: 'HEAD', url: `${origin}/open/head` })).toMatchObject({
      ok: true,
      output: { status: 200, headers: { 'content-length': '99999999' }, body: null },
    });
  });

  test('reserved keys are not let in', async () => {
    routes['/open/forged'] = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":[{"$payload":"abc","bytes":1}]}');
    expect(await run({ url: `${origin}/open/forged` })).toMatchObject({
      ok: false,
      failure: { code: 'ResponseUnreadable' },
      retryable: false,
    });
    routes['/open/deep'] = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(`${'['.repeat(200)}${']'.repeat(200)}`);
    expect(await run({ url: `${origin}/open/deep` })).toMatchObject({ ok: false, failure: { code: 'ResponseUnreadable' } });
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('%s is read', async (encoding, compress) => {
    routes['/open/packed'] = (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(compress('{"a":1}'));
    expect(await run({ url: `${origin}/open/packed` })).toMatchObject({ ok: true, output: { body: { a: 1 } } });
    routes['/open/packed'] = (_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end('this is not compressed');
    expect(await run({ url: `${origin}/open/packed` })).toMatchObject({ ok: false, failure: { code: 'ResponseUnreadable' } });
  });
});

describe('limits', () => {
  test('a body over the limit, declared or not', async () => {
    routes['/open/declared'] = (_request, response) => response.writeHead(200, { 'content-length': '999999999' }).write('x');
    expect(await run({ url: `${origin}/open/declared` })).toMatchObject({ ok: false, failure: { code: 'ResponseTooLarge' } });
    let sent = 0;
    routes['/open/endless'] = (_request, response) => {
      response.writeHead(200);
      const push = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
      };
      response.on('drain', push);
      push();
    };
    expect(await run({ url: `${origin}/open/endless` }, { maxResponseBytes: 1024 * 1024 })).toMatchObject({
      ok: false,
      failure: { code: 'ResponseTooLarge' },
    });
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  test('a decompression bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
    routes['/open/bomb'] = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const before = process.memoryUsage().rss;
    expect(await run({ url: `${origin}/open/bomb` })).toMatchObject({ ok: false, failure: { code: 'ResponseTooLarge' } });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });

  test('slow headers, slow bodies, and cancelling', async () => {
    routes['/open/slow'] = () => undefined;
    routes['/open/drip'] = (_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    };
    for (const path of ['/open/slow', '/open/drip']) {
      const started = performance.now();
      expect(await run({ url: origin + path }, {}, { timeoutMs: 150 })).toMatchObject({ ok: false, failure: { code: 'Timeout' } });
      expect(performance.now() - started).toBeLessThan(2000);
    }
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect(await run({ url: `${origin}/open/slow` }, {}, { signal: controller.signal })).toMatchObject({
      ok: false,
      failure: { code: 'Canceled' },
    });
  });
});

describe('addresses', () => {
  test.each(['/private', '/open/../private', '/open/%2e%2e/private', '/open/..%2fprivate', '/open%5c..%5cprivate', '/openly'])(
    'an internal address outside the allowed paths is refused: %s',
    async (path) => {
      expect(await run({ url: origin + path })).toMatchObject({ ok: false, failure: { code: 'AddressRefused' }, retryable: false });
      expect(requests).toEqual([]);
    },
  );

  test('every way to write a local address', async () => {
    const port = portOf(server);
    for (const host of [
      'localhost',
      '127.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '0',
      '169.254.169.254',
      '[fd00::1]',
    ]) {
      expect(await run({ url: `http://${host}:${port}/private` })).toMatchObject({ ok: false, failure: { code: 'AddressRefused' } });
    }
    expect(requests).toEqual([]);
  });

  test('an open connection to an allowed path is not reused for another path', async () => {
    routes['/open/echo'] = echo;
    routes['/private'] = echo;
    const one = activity();
    expect(await one.run({ url: `${origin}/open/echo` }, context())).toMatchObject({ ok: true });
    expect(await one.run({ url: `${origin}/private` }, context())).toMatchObject({ ok: false, failure: { code: 'AddressRefused' } });
  });

  test('a redirect to an internal address is refused', async () => {
    routes['/open/leave'] = (_request, response) => response.writeHead(302, { location: `${origin}/private` }).end();
    routes['/private'] = echo;
    expect(await run({ url: `${origin}/open/leave` })).toMatchObject({ ok: false, failure: { code: 'AddressRefused' }, retryable: false });
    expect(requests).toEqual(['GET /open/leave']);
    routes['/open/scheme'] = (_request, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    expect(await run({ url: `${origin}/open/scheme` })).toMatchObject({ ok: false, failure: { code: 'InvalidUrl' } });
  });

  test('a name that resolves to an internal address is refused, also when only one of its addresses is, or when the answer changes', async () => {
    const port = portOf(server);
    routes['/'] = echo;
    const url = `http://rebind.example:${port}/`;
    expect(await run({ url }, { resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) })).toMatchObject({
      ok: false,
      failure: { code: 'AddressRefused' },
    });
    const mixed = [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    expect(await run({ url }, { resolve: () => Promise.resolve(mixed) })).toMatchObject({ ok: false, failure: { code: 'AddressRefused' } });
    let asked = 0;
    const changing = () => Promise.resolve([{ address: asked++ === 0 ? '192.0.2.1' : '127.0.0.1', family: 4 }]);
    const rebinding = activity({ resolve: changing });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await rebinding.run({ url }, context({ timeoutMs: 500 }))).toMatchObject({ ok: false, failure: { code: 'AddressRefused' } });
    }
    expect(requests).toEqual([]);
  });

  test('unknown names and closed ports', async () => {
    const notFound = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));
    expect(await run({ url: 'http://nowhere.example/' }, { resolve: notFound })).toMatchObject({
      ok: false,
      failure: { code: 'DnsError', message: 'The name nowhere.example does not resolve to an address.' },
    });
    const closed = await listen(() => undefined);
    const port = portOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    const allow = [{ origin: `http://127.0.0.1:${port}`, pathPrefix: '/' }];
    expect(await run({ url: `http://127.0.0.1:${port}/` }, { allow })).toMatchObject({ ok: false, failure: { code: 'ConnectionRefused' } });
  });

  test('allowed places match origin and path exactly', () => {
    const allow = [{ origin: 'http://localhost:7070', pathPrefix: '/demo' }];
    const allowed = (url: string) => isAllowedPlace(new URL(url), allow);
    expect(allowed('http://localhost:7070/demo')).toBe(true);
    expect(allowed('http://localhost:7070/demo/a?b')).toBe(true);
    for (const url of [
      'http://localhost:7070/demos',
      'http://localhost:7071/demo',
      'https://localhost:7070/demo',
      'http://localhost:7070/',
      'http://localhost.:7070/demo',
      'http://localhost:7070/demo%2f..',
    ]) {
      expect(allowed(url)).toBe(false);
    }
  });
});

describe('redirects', () => {
  test('are followed; to another origin without credentials', async () => {
    routes['/open/echo'] = echo;
    routes['/open/moved'] = (_request, response) => response.writeHead(307, { location: `${otherOrigin}/open/echo` }).end();
    const headers = { Authorization: 'Bearer t', Cookie: 'a=b', 'X-Api-Key': 'k', 'Accept-Language': 'de' };
    const result = await run({ method: 'POST', url: `${origin}/open/moved`, headers, body: { a: 1 } });
    expect(result).toMatchObject({
      ok: true,
      output: { body: { method: 'POST', body: '{"a":1}', headers: { 'accept-language': 'de', 'idempotency-key': 'i/e/call#1' } } },
    });
    for (const secret of ['Bearer t', 'a=b', 'x-api-key']) expect(JSON.stringify(result)).not.toContain(secret);

    routes['/open/near'] = (_request, response) => response.writeHead(303, { location: 'echo' }).end();
    const near = await run({ method: 'POST', url: `${origin}/open/near`, headers, body: 'x' });
    expect(near).toMatchObject({ ok: true, output: { body: { method: 'GET', body: '', headers: { authorization: 'Bearer t' } } } });
  });

  test('five at most', async () => {
    routes['/open/loop'] = (_request, response) => response.writeHead(302, { location: '/open/loop' }).end();
    expect(await run({ url: `${origin}/open/loop` })).toMatchObject({ ok: false, failure: { code: 'TooManyRedirects' } });
    expect(requests).toHaveLength(6);
  });
});
