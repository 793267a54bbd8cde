import { z } from 'zod';
import { isExpression } from '../document.ts';
import { anyValue, field, textValue, valueRecord } from './field.ts';
import { defineNodeType, errorPort, outPort } from './node-type.ts';
import { summaryText } from './summary-text.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
/** `demo:/flights` names a demo service of this installation. */
const urlPattern = /^(?:https?:\/\/[^/?#\s]+|demo:\/)\S*$/i;

export const http = defineNodeType({
  key: 'http',
  label: 'HTTP request',
  category: 'work',
  icon: 'world-upload',
  description: 'Calls a web address and keeps its answer.',
  docs: {
    does: 'Sends one request after the step is durably scheduled. Answers of 200 to 299 succeed; everything else fails and is retried by the step’s policy. Every attempt carries the same idempotency key, so that the receiver can tell a repetition from a new request.',
    output: '`{ status, headers, body }`; `body` is parsed when the answer is JSON, otherwise text.',
    errors: [
      { code: 'HttpStatus.<status>', when: 'the answer is not 200 to 299, for instance `HttpStatus.503`' },
      { code: 'Timeout', when: 'an attempt takes longer than the step’s timeout' },
      { code: 'DnsError', when: 'the name of the host does not resolve' },
      { code: 'ConnectionRefused', when: 'nothing answers at the address' },
      { code: 'AddressRefused', when: 'the address is private, local or otherwise not allowed' },
      { code: 'InvalidUrl', when: 'the URL is not http or https' },
      { code: 'InvalidHeader', when: 'a header’s name or value cannot be sent' },
      { code: 'ResponseTooLarge', when: 'the answer is over 10 MB' },
    ],
    example: {
      says: 'Asks for a credit score.',
      config: {
        method: 'POST',
        url: 'https://credit.example/v2/score',
        body: { expr: '{ "customer": input.customer.id, "amount": input.amount }' },
      },
    },
  },
  activity: true,
  endsTurn: true,
  retry: { firstRetryInterval: '2s', maxNumberOfAttempts: 3, backoffCoefficient: 2, maxRetryInterval: '1m' },
  timeout: '1m',
  schema: z.strictObject({
    method: field(
      { label: 'Method', widget: 'select', options: methods.map((value) => ({ value, label: value })), group: 'Request', width: 'third' },
      z.enum(methods),
    ),
    url: field(
      { label: 'URL', widget: 'value', literal: 'text', group: 'Request', placeholder: 'https://api.example/v1/orders' },
      textValue,
    ),
    headers: field({ label: 'Headers', widget: 'keyValues', group: 'Request' }, valueRecord.optional()),
    query: field({ label: 'Query', widget: 'keyValues', group: 'Request', help: 'Added to the URL.' }, valueRecord.optional()),
    body: field(
      { label: 'Body', widget: 'value', literal: 'json', group: 'Body', help: 'A text is sent as it is, everything else as JSON.' },
      anyValue.optional(),
    ),
    idempotencyHeader: field(
      {
        label: 'Idempotency header',
        widget: 'text',
        tab: 'Advanced',
        help: 'The header that carries the key for the receiver. Null sends none.',
        absent: 'Idempotency-Key',
      },
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/, 'Use letters, digits and "-".')
        .nullable()
        .optional(),
    ),
    queue: field(
      {
        label: 'Queue',
        widget: 'text',
        tab: 'Advanced',
        help: 'A named queue, served by any worker that listens to it.',
        absent: 'The instance’s own worker.',
      },
      z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,100}$/, 'Use letters, digits, ".", "_" or "-".')
        .optional(),
    ),
  }),
  defaultConfig: () => ({ method: 'GET' as const, url: '' }),
  ports: () => [outPort, errorPort],
  summary: ({ method, url }) => {
    const target = typeof url === 'string' ? /^[a-z]+:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] || url : summaryText(url);
    return `${typeof method === 'string' ? method : ''} ${target || 'no URL yet'}`.trim();
  },
  check: ({ url }) =>
    isExpression(url) || urlPattern.test(String(url))
      ? []
      : [{ field: 'url', message: 'Enter a full URL that starts with http:// or https://.' }],
  compile: (config, context) => ({
    kind: 'activity',
    activity: 'http',
    input: {
      method: { kind: 'literal', value: config.method },
      url: context.value('url', config.url),
      ...(config.headers && { headers: context.value('headers', config.headers) }),
      ...(config.query && { query: context.value('query', config.query) }),
      ...(config.body !== undefined && { body: context.value('body', config.body) }),
      idempotencyHeader: { kind: 'literal', value: config.idempotencyHeader === undefined ? 'Idempotency-Key' : config.idempotencyHeader },
    },
    retry: context.retry,
    timeoutMs: context.timeoutMs,
    queue: config.queue ?? null,
  }),
});
