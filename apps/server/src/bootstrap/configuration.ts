import { resolve } from 'node:path';
import type { AllowedPlace } from '@perdure/activities';
import { z } from 'zod';
import type { MailConfig } from '../installation.ts';

/** What an installation is told from outside: environment variables and the flags of the command line. */
export interface Configuration {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Null: the embedded server. */
  readonly databaseUrl: string | null;
  /** Null: a Redis found on this machine, else the in-process hot store. */
  readonly redisUrl: string | null;
  /** Origin under which people reach the server, without a slash at its end. */
  readonly publicUrl: string;
  /** False, or what Fastify takes: true, a number of hops, or addresses. */
  readonly trustProxy: boolean | number | string;
  /** The admin key for automation, or null for none. */
  readonly apiKey: string | null;
  readonly logLevel: (typeof logLevels)[number];
  /** Where a process without the API serves its figures; null = nowhere. */
  readonly metricsPort: number | null;
  /** Null: no mail leaves. */
  readonly mail: MailConfig | null;
  /** Internal places that workflows and webhooks may call. */
  readonly allowedPlaces: readonly AllowedPlace[];
  /** Where retention rules archive before they purge; null = nowhere. */
  readonly archiveDirectory: string | null;
  /** Instances a second that the bulk jobs of a process act on. */
  readonly bulkPerSecond: number;
  readonly roles: Roles;
}

export interface Roles {
  readonly api: boolean;
  readonly worker: boolean;
  /** A flag named the roles: the process may join an installation that is already running. */
  readonly chosen: boolean;
}

export type LoadedConfiguration =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads and checks everything at once, so that a person sees all that is wrong. */
export function loadConfiguration(env: Readonly<Record<string, string | undefined>>, argv: readonly string[]): LoadedConfiguration {
  const problems: string[] = [];
  const unknown = argv.filter((argument) => argument !== '--worker' && argument !== '--api');
  if (unknown.length > 0)
    problems.push(`Unknown argument ${unknown.map((argument) => `"${argument}"`).join(', ')}: there are --worker and --api.`);
  // An empty variable is how shells and compose files say "not set".
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => Object.hasOwn(environment.shape, name) && value !== undefined && value.trim() !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
    return { ok: false, problems };
  }
  for (const name of Object.keys(env)) {
    if (/^PERDURE_(?!TEST_|E2E_)/.test(name) && !Object.hasOwn(environment.shape, name) && !internalVariables.has(name)) {
      problems.push(`${name} is not a variable Perdure knows. The known ones are in docs/configuration.md.`);
    }
  }
  const values = parsed.data;
  if ((values.PERDURE_SMTP_URL === undefined) !== (values.PERDURE_MAIL_FROM === undefined))
    problems.push('PERDURE_SMTP_URL and PERDURE_MAIL_FROM go together: set both, or neither.');
  if (problems.length > 0) return { ok: false, problems };
  const worker = argv.includes('--worker');
  const api = argv.includes('--api');
  return {
    ok: true,
    configuration: {
      host: values.PERDURE_HOST,
      port: values.PERDURE_PORT,
      dataDirectory: resolve(values.PERDURE_DATA_DIR),
      databaseUrl: values.DATABASE_URL ?? null,
      redisUrl: values.REDIS_URL ?? null,
      publicUrl: values.PERDURE_PUBLIC_URL ?? `http://${reachableName(values.PERDURE_HOST)}:${values.PERDURE_PORT}`,
      trustProxy: values.PERDURE_TRUST_PROXY,
      apiKey: values.PERDURE_API_KEY ?? null,
      logLevel: values.PERDURE_LOG_LEVEL,
      metricsPort: values.PERDURE_METRICS_PORT ?? null,
      mail:
        values.PERDURE_SMTP_URL === undefined || values.PERDURE_MAIL_FROM === undefined
          ? null
          : { url: values.PERDURE_SMTP_URL, from: values.PERDURE_MAIL_FROM },
      allowedPlaces: values.PERDURE_ALLOWED_PLACES,
      archiveDirectory: values.PERDURE_ARCHIVE_DIR === undefined ? null : resolve(values.PERDURE_ARCHIVE_DIR),
      bulkPerSecond: values.PERDURE_BULK_PER_SECOND,
      roles: { api: api || !worker, worker: worker || !api, chosen: api || worker },
    },
  };
}

const logLevels = ['error', 'warn', 'info', 'debug'] as const;

const portNumber = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, 'Give a port number from 1 to 65535.')
  .transform(Number);

/** The variables with their words for docs/configuration.md. */
export const environment = z.object({
  PERDURE_PORT: portNumber.default(4680).describe('Port of the web app and the HTTP API.'),
  PERDURE_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'Give an address or host name of this machine to listen on, such as 127.0.0.1 or 0.0.0.0.')
    .default('127.0.0.1')
    .describe('Address to listen on. The default is reachable from this machine only; `0.0.0.0` is reachable from others.'),
  PERDURE_DATA_DIR: z
    .string()
    .default('.perdure')
    .describe('Directory of the embedded servers: their data, logs and passwords. One running Perdure per directory.'),
  DATABASE_URL: z
    .string()
    .refine(
      (text) => isUrl(text, ['postgres:', 'postgresql:']),
      'Give a Postgres connection string: postgresql://user:password@host:5432/database.',
    )
    .optional()
    .describe('Your own Postgres (16 or newer). Without it Perdure runs one in the data directory.'),
  REDIS_URL: z
    .string()
    .refine((text) => isUrl(text, ['redis:', 'rediss:']), 'Give a Redis connection string: redis://:password@host:6379/0.')
    .optional()
    .describe(
      'Your own Redis or Valkey. Without it Perdure starts a `redis-server` or `valkey-server` found on `PATH`; without that it keeps hot state in its own memory, which allows one process only.',
    ),
  PERDURE_PUBLIC_URL: z
    .string()
    .refine((text) => isOrigin(text), 'Give the origin people open in the browser, without a path: https://perdure.example.com.')
    .transform((text) => new URL(text).origin)
    .optional()
    .describe(
      'Origin under which people reach Perdure, when it is not `http://localhost:<port>`: behind a proxy, or from other machines. Links are made with it and browser requests from other origins are refused.',
    ),
  PERDURE_TRUST_PROXY: z
    .string()
    .transform((text) => (text === 'true' ? true : text === 'false' ? false : /^\d+$/.test(text) ? Number(text) : text))
    .default(false)
    .describe('Whose `X-Forwarded-…` headers to believe: `true`, a number of proxies, or their addresses separated by commas.'),
  PERDURE_API_KEY: z
    .string()
    .min(24, 'The key is too short: use at least 24 characters, for instance from "openssl rand -base64 32".')
    .optional()
    .describe('An admin key for automation, accepted by the HTTP API. At least 24 characters.'),
  PERDURE_LOG_LEVEL: z
    .enum(logLevels, 'Give one of error, warn, info, debug.')
    .default('warn')
    .describe(
      'What is written to standard error, as lines of JSON: `error`, `warn`, `info` (with every instance that ends) or `debug` (with every request).',
    ),
  PERDURE_METRICS_PORT: portNumber
    .optional()
    .describe(
      'Port on which a process started with `--worker` alone serves `/metrics`, for the admin key as bearer token. With the API, `/metrics` is on its port.',
    ),
  PERDURE_SMTP_URL: z
    .string()
    .refine((text) => isUrl(text, ['smtp:', 'smtps:']), 'Give the address of a mail server: smtp://user:password@mail.example.com:587.')
    .optional()
    .describe(
      'Your mail server, for invitations, tasks and alerts: `smtp://user:password@host:587`, which turns to TLS when the server offers it, or `smtps://…`. Without it Perdure sends no mail.',
    ),
  PERDURE_MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>\r\n"]{1,100} <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, 'Give an address: Perdure <perdure@example.com>.')
    .optional()
    .describe('Sender of the mails: `Perdure <perdure@example.com>`. Set together with `PERDURE_SMTP_URL`.'),
  PERDURE_ALLOWED_PLACES: z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((place) => place.trim())
        .filter((place) => place !== ''),
    )
    .refine((places) => places.every(isPlace), 'Give URLs separated by commas: http://billing.internal:8080/api, http://10.0.0.7/hooks.')
    .transform((places) => places.map(asPlace))
    .default([])
    .describe(
      'Internal places that HTTP requests of workflows and webhooks may call although their address is not public: URLs separated by commas, each with all below its path, such as `http://billing.internal:8080/api`.',
    ),
  PERDURE_ARCHIVE_DIR: z
    .string()
    .optional()
    .describe(
      'Directory into which retention rules archive finished instances before they purge them. It has to exist; every process with the API needs the same one. Without it rules purge only where they say that nothing is kept.',
    ),
  PERDURE_BULK_PER_SECOND: z
    .string()
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000, 'Give a number from 1 to 10000.')
    .transform(Number)
    .default(420)
    .describe('How many instances a second the bulk jobs of one process act on, all together. Fewer leave more to everybody else.'),
});

/** Set by our own scripts, not by people. */
const internalVariables: ReadonlySet<string> = new Set([
  'PERDURE_LIFELINE_FD',
  'PERDURE_LINT_ROOT',
  'PERDURE_DEV_SERVER',
  'PERDURE_WEB_PORT',
]);

/** The name to put in links: passkeys and cookies want a host name, and nobody can open 0.0.0.0. */
function reachableName(host: string): string {
  if (['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}

function isOrigin(text: string): boolean {
  if (!isUrl(text, ['http:', 'https:'])) return false;
  const url = new URL(text);
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
}

function isPlace(text: string): boolean {
  if (!isUrl(text, ['http:', 'https:'])) return false;
  const url = new URL(text);
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function asPlace(text: string): AllowedPlace {
  const { origin, pathname } = new URL(text);
  return { origin, pathPrefix: pathname };
}
