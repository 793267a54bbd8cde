import { hkdfSync } from 'node:crypto';

/**
 * The key a webhook is signed with, made from the installation's secret and the name the notice carries (`alert/<rule id>/<generation>`).
 * So no key is stored, and another generation gives another key.
 */
export function webhookKey(secret: string, signing: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `perdure webhook ${signing}`, 32));
}

/** As receivers enter it. */
export function shownWebhookKey(secret: string, signing: string): string {
  return `whsec_${webhookKey(secret, signing).toString('base64')}`;
}
