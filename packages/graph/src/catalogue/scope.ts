import { z } from 'zod';
import { parseDuration, spellDuration } from '../duration.ts';
import { portId } from '../ids.ts';
import { duration, entityKeysValue, entityName, field, portKey, portLabel } from './field.ts';
import { bodyPort, defineNodeType, duplicateKeys, keyedPorts, outPort } from './node-type.ts';

export const scope = defineNodeType({
  key: 'scope',
  label: 'Scope',
  category: 'flow',
  icon: 'shield-half',
  description: 'Groups steps, catches their errors, limits their time.',
  docs: {
    does: 'Owns a subgraph that runs once. A failure no inner error port took goes to the first connected catch whose codes match; everything else inside is cancelled. After a catch, `error` holds the failure.\n\nWith locked entities it is a critical section. It waits until all of them are its own, in a fixed order so that two sections never wait for each other, and gives them back on every way out. Inside, only locked entities can be called, none twice at the same time; signals go to others only; there is no critical section and no sub-workflow inside. The timeout counts from the moment it begins to wait.',
    output: 'What an inner End gave.',
    errors: [
      { code: 'Timeout', when: 'the scope takes longer than its timeout; its own catches may take it' },
      { code: 'CriticalSection', when: 'it begins inside another critical section' },
      { code: 'Expression', when: 'the key of a locked entity cannot be evaluated' },
    ],
    example: {
      says: 'Declined payments take their own way.',
      config: {
        catches: [
          { key: 'declined', label: 'Declined', codes: ['Declined'] },
          { key: 'any', label: 'Any error' },
        ],
        timeout: '10m',
      },
    },
  },
  container: true,
  schema: z.strictObject({
    catches: field(
      { label: 'Catches', widget: 'catches', help: 'Without codes it catches every error. The first that matches takes it.' },
      z
        .array(z.strictObject({ key: portKey, label: portLabel, codes: z.array(z.string().trim().min(1).max(200)).max(100).optional() }))
        .max(20),
    ),
    timeout: field({ label: 'Give up after', widget: 'duration', absent: 'No limit' }, duration.optional()),
    locks: field(
      {
        label: 'Locked entities',
        widget: 'locks',
        placeholder: '[{ "entity": "account", "key": { "expr": "input.from" } }]',
        help: 'Makes it a critical section: until it is left, only the steps inside may use these entities. The key of each may be a list of keys.',
        tab: 'Critical section',
        absent: 'None',
      },
      z
        .array(z.strictObject({ entity: entityName, key: entityKeysValue }))
        .max(20)
        .optional(),
    ),
  }),
  defaultConfig: () => ({ catches: [{ key: 'error', label: 'Any error' }] }),
  ports: ({ catches }) => [
    bodyPort,
    outPort,
    ...keyedPorts(catches, 'exceptional').filter((port) => port.id !== bodyPort.id && port.id !== outPort.id),
  ],
  summary: ({ catches, timeout, locks }) => {
    const labels = keyedPorts(catches, 'exceptional').map((port) => port.label);
    const ms = typeof timeout === 'string' ? parseDuration(timeout) : undefined;
    const locked = Array.isArray(locks) ? locks.length : 0;
    return (
      [
        locked > 0 ? `Locks ${locked === 1 ? 'an entity' : `${locked} entities`}` : '',
        labels.length > 0 ? `Catches ${labels.join(', ')}` : '',
        ms === undefined ? '' : `${spellDuration(ms)} at most`,
      ]
        .filter(Boolean)
        .join(', ') || 'Group of steps'
    );
  },
  check: ({ catches }) => {
    const catchAll = catches.findIndex(({ codes }) => codes === undefined || codes.length === 0);
    return [
      ...duplicateKeys('catches', catches, [bodyPort.id, outPort.id]),
      ...(catchAll >= 0 && catchAll < catches.length - 1
        ? [
            {
              field: `catches.${catchAll}.codes`,
              message: 'This catch takes every error, so the ones after it never get any. Move it to the end.',
            },
          ]
        : []),
    ];
  },
  compile: ({ catches, timeout, locks }, context) => ({
    kind: 'scope',
    catches: catches.map(({ key, codes }) => ({ port: portId(key), codes: codes === undefined || codes.length === 0 ? null : codes })),
    timeoutMs: timeout === undefined ? null : (parseDuration(timeout) ?? null),
    locks: (locks ?? []).map(({ entity, key }, at) => ({ entity, key: context.value(`locks.${at}.key`, key) })),
  }),
});
