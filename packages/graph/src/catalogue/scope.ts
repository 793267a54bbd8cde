import { z } from 'zod';
import { parseDuration, spellDuration } from '../duration.ts';
import { portId } from '../ids.ts';
import { duration, field, portKey, portLabel } from './field.ts';
import { bodyPort, defineNodeType, duplicateKeys, keyedPorts, outPort } from './node-type.ts';

export const scope = defineNodeType({
  key: 'scope',
  label: 'Scope',
  category: 'flow',
  icon: 'shield-half',
  description: 'Groups steps, catches their errors, limits their time.',
  docs: {
    does: 'Owns a subgraph that runs once. A failure no inner error port took goes to the first connected catch whose codes match; everything else inside is cancelled. After a catch, `error` holds the failure.',
    output: 'What an inner End gave.',
    errors: [{ code: 'Timeout', when: 'the scope takes longer than its timeout; its own catches may take it' }],
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
  }),
  defaultConfig: () => ({ catches: [{ key: 'error', label: 'Any error' }] }),
  ports: ({ catches }) => [
    bodyPort,
    outPort,
    ...keyedPorts(catches, 'exceptional').filter((port) => port.id !== bodyPort.id && port.id !== outPort.id),
  ],
  summary: ({ catches, timeout }) => {
    const labels = keyedPorts(catches, 'exceptional').map((port) => port.label);
    const ms = typeof timeout === 'string' ? parseDuration(timeout) : undefined;
    return (
      [labels.length > 0 ? `Catches ${labels.join(', ')}` : '', ms === undefined ? '' : `${spellDuration(ms)} at most`]
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
  compile: ({ catches, timeout }) => ({
    kind: 'scope',
    catches: catches.map(({ key, codes }) => ({ port: portId(key), codes: codes === undefined || codes.length === 0 ? null : codes })),
    timeoutMs: timeout === undefined ? null : (parseDuration(timeout) ?? null),
  }),
});
