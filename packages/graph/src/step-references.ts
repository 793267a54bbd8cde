import { type Catalogue, standardCatalogue } from './catalogue/catalogue.ts';
import { type GraphNode, isExpression } from './document.ts';
import type { NodeId } from './ids.ts';
import type { Json, JsonObject } from './json.ts';

/** A node whose expressions read `steps.<new id>` where they read `steps.<old id>`. The same node when nothing changes. */
export function renameReferences(
  node: GraphNode,
  renamed: ReadonlyMap<NodeId, NodeId>,
  catalogue: Catalogue = standardCatalogue,
): GraphNode {
  const config = mapExpressions(node, catalogue, (source) => renameSteps(source, renamed));
  return config === node.config ? node : { ...node, config };
}

/**
 * `steps.old.output` → `steps.new.output` in JSONata source. Texts, comments and back-quoted names that only look like a path are left alone;
 * a step looked up by a computed name (`$lookup(steps, …)`) cannot be followed.
 */
export function renameSteps(source: string, renamed: ReadonlyMap<NodeId, NodeId>): string {
  // In this order: comment, text, a path that begins with `steps`, any other word (so that `mysteps` and `$steps` are taken whole).
  const token =
    /\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|(\bsteps\s*\.\s*)(?:`([^`]*)`|([A-Za-z_]\w*))|`[^`]*`?|[$\w]+/g;
  return source.replace(
    token,
    (whole: string, path: string | undefined, quoted: string | undefined, plain: string | undefined, at: number) => {
      if (path === undefined || /[\w$]$/.test(source.slice(0, at)) || isFieldAccess(source, at)) return whole;
      const id = renamed.get((quoted ?? plain ?? '') as NodeId); // only looked up
      if (id === undefined) return whole;
      return quoted === undefined ? `${path}${id}` : `${path}\`${id}\``;
    },
  );
}

/** `order.steps.a` reads a field that happens to be called steps; `$.steps.a` and `$$.steps.a` read the steps. */
function isFieldAccess(source: string, at: number): boolean {
  const before = /(\S+)\s*\.\s*$/.exec(source.slice(0, at))?.[1];
  return before !== undefined && !/(^|[^\w$])\$\$?$/.test(before);
}

/**
 * A node whose expressions say `meant` where they say `written`: a name, or a path of two (`steps.a`, `vars.b`). As careful as `renameSteps`
 * about texts, comments and fields that are called the same. The same node when nothing changes.
 */
export function correctName(node: GraphNode, written: string, meant: string, catalogue: Catalogue = standardCatalogue): GraphNode {
  const [root = '', name] = written.split('.');
  const token = new RegExp(
    `/\\*[\\s\\S]*?(?:\\*/|$)|"(?:[^"\\\\]|\\\\[\\s\\S])*"?|'(?:[^'\\\\]|\\\\[\\s\\S])*'?|${
      name === undefined ? `(${root})(?![\\w$])` : `(${root}\\s*\\.\\s*(?:\`${name}\`|${name}(?![\\w$])))`
    }|\`[^\`]*\`?|[$\\w]+`,
    'g',
  );
  const config = mapExpressions(node, catalogue, (source) =>
    source.replace(token, (whole: string, found: string | undefined, at: number) =>
      found === undefined || /[\w$]$/.test(source.slice(0, at)) || isFieldAccess(source, at) ? whole : meant,
    ),
  );
  return config === node.config ? node : { ...node, config };
}

function mapExpressions(node: GraphNode, catalogue: Catalogue, map: (source: string) => string): JsonObject {
  const always = new Set(
    catalogue
      .get(node.type)
      ?.fields.filter(({ widget }) => widget === 'expression')
      .map(({ name }) => name),
  );
  const cases = new Set(
    catalogue
      .get(node.type)
      ?.fields.filter(({ widget }) => widget === 'cases')
      .map(({ name }) => name),
  );
  let isChanged = false;
  const mapSource = (source: string): string => {
    const mapped = map(source);
    if (mapped !== source) isChanged = true;
    return mapped;
  };
  const mapValue = (value: Json): Json => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(mapValue);
    if (isExpression(value)) return { expr: mapSource(value.expr) };
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapValue(part)]));
  };
  const mapCase = (value: Json): Json =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.when === 'string'
      ? { ...value, when: mapSource(value.when) }
      : value;
  const config = Object.fromEntries(
    Object.entries(node.config).map(([name, value]): [string, Json] => {
      if (always.has(name) && typeof value === 'string') return [name, mapSource(value)];
      if (cases.has(name) && Array.isArray(value)) return [name, value.map(mapCase)];
      return [name, mapValue(value)];
    }),
  );
  return isChanged ? config : node.config;
}
