import { createTransport } from 'nodemailer';
import type { MailConfig } from '../installation.ts';

export interface OutgoingMail {
  /** The same at every attempt: receivers drop what they have. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** `silent`: the server does not speak with us at all; any other mail would fare no better. */
export type MailResult = { ok: true } | { ok: false; reason: string; retryable: boolean; silent: boolean };

export interface Mailer {
  send(mail: OutgoingMail): Promise<MailResult>;
  close(): void;
}

/** Over the operator's own mail server: its address is believed. Times are bounded, so that a silent server holds nobody up. */
export function createMailer({ url, from }: MailConfig): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    // What is sent are texts made here; nothing in them names a file or a URL to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'perdure';
  return {
    async send({ id, to, subject, text, html }) {
      try {
        // As an object: an address in text could be read as several.
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { ok: true };
      } catch (thrown) {
        return failureOf(thrown);
      }
    },
    close: () => transport.close(),
  };
}

function failureOf(thrown: unknown): MailResult {
  if (!(thrown instanceof Error)) throw thrown;
  const code = 'responseCode' in thrown && typeof thrown.responseCode === 'number' ? thrown.responseCode : null;
  // 5xx to this message or its receiver is for good; to signing in it is a setting that somebody will mend.
  const signingIn = 'code' in thrown && thrown.code === 'EAUTH';
  const retryable = signingIn || code === null || code < 500;
  const reason = `The mail server did not take it: ${thrown.message}`.slice(0, 1_000);
  return { ok: false, reason, retryable, silent: signingIn || code === null };
}
