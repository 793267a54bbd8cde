/**
 * Perdure's own lint rules, run by oxlint: `perdure/walls` (who may import whom, see walls.ts) and `perdure/pure` (graph and engine touch
 * neither clock, chance, timers, network nor process; their compiler settings refuse most of it too, but a `Date` is part of the language).
 */
import { join, relative, sep } from 'node:path';
import type { Context, ESTree, Plugin, Visitor } from '@oxlint/plugins';
import { refusal } from './walls.ts';

const root = process.env['PERDURE_LINT_ROOT'] ?? join(import.meta.dirname, '..', '..');

const plugin: Plugin = {
  meta: { name: 'perdure' },
  rules: {
    walls: { create: walls },
    pure: { create: pure },
  },
};
export default plugin;

function walls(context: Context): Visitor {
  const file = relative(root, context.filename).split(sep).join('/');
  const check = (node: ESTree.Node, specifier: unknown, typeOnly: boolean): void => {
    if (typeof specifier !== 'string') {
      context.report({ node, message: 'Import modules by a name written out: what is computed cannot be checked.' });
      return;
    }
    const message = refusal(file, specifier, typeOnly);
    if (message !== undefined) context.report({ node, message });
  };
  return {
    ImportDeclaration: (node) => check(node, node.source.value, node.importKind === 'type'),
    ExportAllDeclaration: (node) => check(node, node.source.value, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) check(node, node.source.value, node.exportKind === 'type');
    },
    ImportExpression: (node) => check(node, node.source.type === 'Literal' ? node.source.value : undefined, false),
  };
}

const ambient: Readonly<Record<string, string>> = {
  setTimeout: "timers are the runtime's; the engine asks for one with an effect",
  setInterval: "timers are the runtime's; the engine asks for one with an effect",
  setImmediate: "timers are the runtime's; the engine asks for one with an effect",
  queueMicrotask: "scheduling is the runtime's",
  performance: 'time arrives in the command',
  fetch: 'the network is for activities',
  process: "the process is the runtime's",
  console: 'what happened is in the events that decide returns',
  crypto: 'ids arrive in the command',
  globalThis: 'nothing ambient may be reached, by this name neither',
  require: 'modules are imported',
};

function pure(context: Context): Visitor {
  return {
    NewExpression: (node) => {
      if (isName(node.callee, 'Date') && node.arguments.length === 0) {
        context.report({ node, message: '"new Date()" reads the clock: time arrives in the command.' });
      }
    },
    CallExpression: (node) => {
      if (isName(node.callee, 'Date')) context.report({ node, message: '"Date()" reads the clock: time arrives in the command.' });
    },
    MemberExpression: (node) => {
      const property = memberName(node);
      if (property === undefined && (isName(node.object, 'Date') || isName(node.object, 'Math'))) {
        context.report({ node, message: 'Name the member you use: a computed one could be the clock or chance.' });
      }
      if (isName(node.object, 'Date') && property === 'now') {
        context.report({ node, message: '"Date.now" reads the clock: time arrives in the command.' });
      }
      if (isName(node.object, 'Math') && property === 'random') {
        context.report({ node, message: '"Math.random" would make a turn different when repeated: randomness arrives in the command.' });
      }
    },
    Identifier: (node) => {
      if ((node.name === 'Date' || node.name === 'Math') && !usedWhole.has(node.parent.type) && isAmbientReference(node, context)) {
        context.report({
          node,
          message: `Use "${node.name}" by its members, written out: passed on, it would hand over the clock or chance.`,
        });
      }
      const reason = Object.hasOwn(ambient, node.name) ? ambient[node.name] : undefined;
      if (reason !== undefined && isAmbientReference(node, context)) {
        context.report({ node, message: `"${node.name}" is ambient and this package is pure: ${reason}.` });
      }
    },
  };
}

/** Where `Date` and `Math` may stand: what they are asked for there is checked. */
const usedWhole: ReadonlySet<string> = new Set(['NewExpression', 'CallExpression', 'MemberExpression', 'TSTypeReference']);

/** Whether a name stands for the global of that name, and not for a property, a key or something declared in the file. */
function isAmbientReference(node: ESTree.Node, context: Context): boolean {
  for (let scope = context.sourceCode.getScope(node); ;) {
    const reference = scope.references.find((candidate) => candidate.identifier === (node as unknown));
    if (reference !== undefined) return reference.resolved === null || reference.resolved.defs.length === 0;
    if (scope.upper === null) return false;
    scope = scope.upper;
  }
}

function isName(node: ESTree.Node, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

function memberName(node: ESTree.MemberExpression): string | undefined {
  if (!node.computed && node.property.type === 'Identifier') return node.property.name;
  return node.computed && node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : undefined;
}
