import { createHmac } from 'node:crypto';
import { request as send } from 'undici';
import { isAllowedPlace, type AllowedPlace } from './allowed-place.ts';
import { cut, explain } from './connection-failure.ts';
import { createGuardedAgent, createOpenAgent, resolveByDns, type Resolve } from './guarded-connection.ts';
import { readUrl } from './http-request.ts';

/**
 * Sends webhooks signed as Standard Webhooks has it (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
 *
 * 1. Addresses are checked at connect like those of the HTTP activity.
 * 2. A redirect is a failure: what follows it would arrive with another method, or unsigned.
 * 3. Of the answer only the status counts.
 */
export interface WebhookSenderOptions {
  allow?: readonly AllowedPlace[];
  /** For tests and split-horizon set-ups. */
  resolve?: Resolve;
  timeoutMs?: number;
}

export interface OutgoingWebhook {
  url: string;
  /** The same at every attempt. */
  id: string;
  /** JSON. */
  body: string;
  key: Buffer;
}

/** `silent`: nobody answered there; whatever else is for the same place would fare no better. */
export type WebhookResult = { ok: true } | { ok: false; reason: string; retryable: boolean; silent: boolean };

export interface WebhookSender {
  send(webhook: OutgoingWebhook): Promise<WebhookResult>;
  /** Closes idle connections. */
  close(): Promise<void>;
}

const connectTimeoutMs = 10_000;

export function createWebhookSender(options: WebhookSenderOptions = {}): WebhookSender {
  const { allow = [], resolve = resolveByDns, timeoutMs = 20_000 } = options;
  const guarded = createGuardedAgent(resolve, connectTimeoutMs);
  const open = createOpenAgent(resolve, connectTimeoutMs);
  return {
    async send({ url: text, id, body, key }) {
      const url = readUrl(text);
      if (typeof url === 'string') return { ok: false, reason: url, retryable: false, silent: false };
      const timestamp = Math.floor(Date.now() / 1000);
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        const response = await send(url, {
          dispatcher: isAllowedPlace(url, allow) ? open : guarded,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'user-agent': 'perdure',
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': signWebhook(key, id, timestamp, body),
          },
          body,
          signal: timeout,
        });
        response.body.on('error', () => undefined).destroy();
        return resultOf(response.statusCode, url);
      } catch (thrown) {
        if (timeout.aborted)
          return { ok: false, reason: `${url.host} did not answer within ${timeoutMs / 1000} s.`, retryable: true, silent: true };
        const { failure, retryable = true } = explain(thrown, { method: 'POST', url }, 0);
        return { ok: false, reason: failure.message, retryable, silent: retryable };
      }
    },
    async close() {
      await Promise.all([guarded.close(), open.close()]);
    },
  };
}

/** `v1,<base64>`, as the header carries it. */
export function signWebhook(key: Buffer, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function resultOf(status: number, url: URL): WebhookResult {
  if (status >= 200 && status <= 299) return { ok: true };
  const place = cut(`${url.origin}${url.pathname}`, 500);
  // The receiver does not want to hear of it again.
  if (status === 410) return { ok: false, reason: `${place} is gone (410).`, retryable: false, silent: false };
  if (status >= 300 && status <= 399)
    return {
      ok: false,
      reason: `${place} answered ${status}: webhooks do not follow redirects. Enter the address it leads to.`,
      retryable: true,
      silent: false,
    };
  return { ok: false, reason: `${place} answered ${status}.`, retryable: true, silent: false };
}
