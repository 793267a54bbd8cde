/**
 * Writes a mail: plain text and a small HTML of the same content. The links lead to pages that ask who is reading; none of them does anything
 * by being opened.
 */
import type { EmailNotice } from '@perdure/database/write';
import type { ServerConfig } from '../installation.ts';

export interface Letter {
  kind: string;
  dedupeKey: string;
  to: string;
  subject: string;
  /** Plain text; whatever is HTML in it is shown as it stands. */
  paragraphs: readonly string[];
  /** Rows of a small table: Workflow, Due … */
  facts?: readonly (readonly [label: string, value: string])[];
  /** `path` begins with a slash and is below the public address. */
  action?: { label: string; path: string };
  /** Why it came, at its end. */
  footer?: string;
  dueAt?: Date;
}

/** The notice to queue, or null where no mail server is set up: then it is not made. */
export function emailNotice(config: Pick<ServerConfig, 'mail' | 'publicUrl'>, letter: Letter): EmailNotice | null {
  if (config.mail === null) return null;
  const { kind, dedupeKey, to, dueAt } = letter;
  const link = letter.action === undefined ? null : { label: letter.action.label, url: linkTo(config, letter.action.path) };
  const notice: EmailNotice = {
    kind,
    dedupeKey,
    channel: 'email',
    to,
    subject: oneLine(letter.subject),
    text: asText(letter, link),
    html: asHtml(letter, link),
  };
  return dueAt === undefined ? notice : { ...notice, dueAt };
}

/** An address of this installation, for mails and webhooks. */
export function linkTo(config: Pick<ServerConfig, 'publicUrl'>, path: string): string {
  return new URL(path, config.publicUrl).href;
}

interface Link {
  label: string;
  url: string;
}

function asText({ paragraphs, facts = [], footer }: Letter, link: Link | null): string {
  const parts = [...paragraphs];
  if (facts.length > 0) parts.push(facts.map(([label, value]) => `${label}: ${value}`).join('\n'));
  if (link !== null) parts.push(`${link.label}: ${link.url}`);
  if (footer !== undefined) parts.push(`-- \n${footer}`);
  return `${parts.join('\n\n')}\n`;
}

function asHtml({ paragraphs, facts = [], footer }: Letter, link: Link | null): string {
  const rows = facts.map(
    ([label, value]) =>
      `<tr><td style="padding:2px 16px 2px 0;color:#626d72;vertical-align:top">${escapeHtml(label)}</td><td style="padding:2px 0">${breakLines(value)}</td></tr>`,
  );
  return [
    '<!doctype html><html><head><meta charset="utf-8"></head>',
    '<body style="margin:0;padding:24px;background:#f4f6f6">',
    '<div style="max-width:560px;margin:0 auto;padding:24px;background:#fff;border:1px solid #d5dbdc;border-radius:8px;',
    'font:14px/20px Inter,Helvetica,Arial,sans-serif;color:#14191b">',
    ...paragraphs.map((paragraph) => `<p style="margin:0 0 12px">${breakLines(paragraph)}</p>`),
    ...(rows.length === 0 ? [] : [`<table style="margin:0 0 12px;border-collapse:collapse;font-size:14px">${rows.join('')}</table>`]),
    ...(link === null
      ? []
      : [
          `<p style="margin:16px 0 0"><a href="${escapeHtml(link.url)}" style="display:inline-block;padding:6px 14px;border-radius:6px;`,
          `background:#0b6b6d;color:#fff;text-decoration:none">${escapeHtml(link.label)}</a></p>`,
        ]),
    '</div>',
    ...(footer === undefined
      ? []
      : [
          `<p style="max-width:560px;margin:12px auto 0;font:12px/16px Helvetica,Arial,sans-serif;color:#626d72">${breakLines(footer)}</p>`,
        ]),
    '</body></html>',
  ].join('\n');
}

function breakLines(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** A header is one line. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
}
