/** The audit log to keep elsewhere, oldest first: NDJSON with everything, or CSV for a spreadsheet. Read page by page, whatever its length. */
import { walkAudit, type AuditFilter, type AuditRecordRead } from '@perdure/database/read';
import { appendAuditAlone } from '@perdure/database/write';
import { z } from 'zod';
import { asAuditFilter, auditFilterFields } from '../../audit/audit-filter.ts';
import { actorOf, demandForAll } from '../../auth/identity.ts';
import type { Installation } from '../../installation.ts';
import { exportStream } from '../export-places.ts';
import { identityOf, type Routes } from '../route.ts';

const { actions: _, ...plainFields } = auditFilterFields;

export function addAuditExport(routes: Routes): void {
  for (const format of ['ndjson', 'csv'] as const) {
    routes.add({
      method: 'GET',
      url: `/api/audit.${format}`,
      access: 'audit.read',
      docs: {
        summary: format === 'csv' ? 'Audit log as CSV' : 'Audit log, one JSON entry per line, with hashes',
        answers: { 200: 'Oldest first; what matches the filter.', 429: 'As many exports are running as may at a time.' },
      },
      query: z.strictObject({
        ...plainFields,
        /** Separated by commas. */
        actions: z.string().max(2_000).optional(),
      }),
      handler: async ({ installation, identity, query, reply }) => {
        const caller = identityOf(identity);
        demandForAll(caller, 'audit.read');
        const { actions, ...rest } = query;
        const filter = asAuditFilter({ ...rest, actions: actions?.split(',').filter((action) => action !== '') });
        const recorded = () =>
          appendAuditAlone(installation.database.prisma, {
            actor: actorOf(caller),
            action: 'audit.export',
            target: 'audit',
            detail: { format, ...JSON.parse(JSON.stringify(filter)) },
          });
        const lines = format === 'csv' ? csvLines : jsonLines;
        const stream = await exportStream(installation, caller, recorded, (demandStill) => lines(installation, filter, demandStill));
        return reply
          .header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8')
          .header('content-disposition', `attachment; filename="audit.${format}"`)
          .header('cache-control', 'no-store')
          .send(stream);
      },
    });
  }
}

async function* jsonLines({ database }: Installation, filter: AuditFilter, demandStill: () => Promise<void>): AsyncGenerator<string, void> {
  for await (const records of walkAudit(database.prisma, filter)) {
    await demandStill();
    yield records.map((record) => `${JSON.stringify({ ...record, id: String(record.id), position: text(record.position) })}\n`).join('');
  }
}

const columns: readonly (readonly [title: string, read: (record: AuditRecordRead) => string])[] = [
  ['id', ({ id }) => String(id)],
  ['at', ({ at }) => at.toISOString()],
  ['actor', ({ actor }) => actor],
  ['actor name', ({ actorName }) => actorName ?? ''],
  ['action', ({ action }) => action],
  ['target', ({ target }) => target],
  ['outcome', ({ outcome }) => outcome ?? 'done'],
  ['reason', ({ reason }) => reason ?? ''],
  ['before', ({ before }) => json(before)],
  ['after', ({ after }) => json(after)],
  ['detail', ({ detail }) => json(detail)],
  ['request', ({ requestId }) => requestId ?? ''],
  ['address', ({ address }) => address ?? ''],
  ['position', ({ position }) => text(position) ?? ''],
  ['hash', ({ hash }) => hash ?? ''],
];

async function* csvLines({ database }: Installation, filter: AuditFilter, demandStill: () => Promise<void>): AsyncGenerator<string, void> {
  yield `${columns.map(([title]) => title).join(',')}\r\n`;
  for await (const records of walkAudit(database.prisma, filter)) {
    await demandStill();
    yield records.map((record) => `${columns.map(([, read]) => cell(read(record))).join(',')}\r\n`).join('');
  }
}

/** Spreadsheets run what begins like a formula; a quote before it keeps it a text. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function json(value: unknown): string {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0) ? '' : JSON.stringify(value);
}

function text(value: bigint | null): string | null {
  return value === null ? null : String(value);
}
