import { z } from 'zod';
import { environment } from './configuration.ts';

/** docs/configuration.md, made from the schema that reads the environment. */
export function configurationPage(): string {
  const rows = Object.entries(environment.shape).map(([name, schema]) => {
    const standard = schema.safeParse(undefined);
    const value: unknown = standard.success ? standard.data : undefined;
    return `| \`${name}\` | ${value === undefined ? '–' : `\`${String(value)}\``} | ${z.globalRegistry.get(schema)?.description ?? ''} |`;
  });
  return [
    '<!-- Written by "npm run generate" from apps/server/src/bootstrap/configuration.ts. -->',
    '',
    '# Configuration',
    '',
    'Perdure reads environment variables. An empty one counts as not set; a wrong one stops the start with the reason.',
    '',
    '| Variable | Default | Meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
    '## More processes',
    '',
    '`npm start -- --worker` runs a worker without the web app and the HTTP API; `npm start -- --api` runs those without a worker; without a flag a process does both.',
    'Processes that share `DATABASE_URL` and `REDIS_URL` share the work and take over from each other.',
    'With a flag, a process started on the data directory of a running Perdure joins it and uses its embedded servers, if it has a Redis.',
    '',
  ].join('\n');
}
