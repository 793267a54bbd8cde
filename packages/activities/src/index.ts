export * from './activity.ts';
export { createHttpActivity, type HttpActivity, type HttpActivityOptions } from './http.ts';
export type { AllowedPlace } from './allowed-place.ts';
export { createWebhookSender, signWebhook, type WebhookSender } from './webhook.ts';
