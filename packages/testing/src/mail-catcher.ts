/** An SMTP server on loopback that keeps what it is sent, for tests. Nothing leaves it. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { callbackify } from 'node:util';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.ts';

export interface CaughtMail {
  /** The envelope's, which decide where it goes. */
  to: readonly string[];
  subject: string;
  text: string;
  html: string;
  messageId: string;
}

export interface MailCatcher {
  /** For PERDURE_SMTP_URL. */
  readonly url: string;
  /** All so far, oldest first. */
  readonly mails: readonly CaughtMail[];
  /** The first mail to this address, of this subject if told; waits for it. */
  mailTo(address: string, subject?: RegExp): Promise<CaughtMail>;
  /** Answers the next message like this in place of taking it: `[451, 'Try later']`. */
  refuseNext(answer: readonly [code: number, message: string]): void;
  stop(): Promise<void>;
}

export async function startMailCatcher(): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  let refusal: readonly [code: number, message: string] | null = null;
  const keep = callbackify(async (raw: Buffer, to: readonly string[]): Promise<void> => {
    mails.push(caught(await PostalMime.parse(raw), to));
  });
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    // Senders keep their connections open.
    closeTimeout: 100,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusal !== null) {
          const [responseCode, message] = refusal;
          refusal = null;
          return done(Object.assign(new Error(message), { responseCode }));
        }
        const to = session.envelope.rcptTo.map(({ address }) => address);
        keep(Buffer.concat(chunks), to, (error) => done(error));
      });
    },
  });
  server.on('error', () => undefined); // a client that went away
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo; // It listens on TCP.
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    mailTo: (address, subject = /^/) =>
      eventually(`a mail ${subject} arrives for ${address}`, () =>
        mails.find((mail) => mail.to.includes(address) && subject.test(mail.subject)),
      ),
    refuseNext(answer) {
      refusal = answer;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function caught({ subject, text, html, messageId }: Email, to: readonly string[]): CaughtMail {
  return { to, subject: subject ?? '', text: text ?? '', html: html ?? '', messageId: messageId ?? '' };
}
