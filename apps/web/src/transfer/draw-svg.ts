/**
 * A workflow as an SVG picture, drawn from the document and its layout: pure, so that it needs no page and any size will do. It looks as the canvas
 * does at rest: no selection, no run, no problems. Everything people wrote is escaped.
 */
import {
  errorPort,
  inputPosition,
  namedOutputs,
  nodeSize,
  portPositions,
  standardCatalogue,
  type ChipStyle,
  type GraphEdge,
  type GraphNode,
  type NodeId,
  type WorkflowDocument,
} from '@perdure/graph';
import { isErrorPort } from '../canvas/error-port.ts';
import { CanvasLayout } from '../canvas/canvas-layout.ts';
import { routeMiddle, routePath } from '../canvas/route-edge.ts';

/** The tokens the picture is drawn with, as colours. */
export const paletteNames = [
  'canvas',
  'surface',
  'raised',
  'sunken',
  'well',
  'border-1',
  'border-2',
  'border-3',
  'text-1',
  'text-2',
  'text-3',
  'accent',
  'accent-tint',
  'edge',
  'failed',
  'note',
  'note-line',
] as const;
export type Palette = Readonly<Record<(typeof paletteNames)[number], string>>;

export interface PictureOptions {
  palette: Palette;
  /** Without: nothing behind the drawing. */
  background: boolean;
  /** These nodes with what is inside them, and the edges and notes among them; null for everything. */
  only: ReadonlySet<string> | null;
  /** The inside of a 24 × 24 icon, drawn in strokes. */
  icon(name: string | undefined): string;
  /** Width of a text in pixels. */
  measure(text: string, font: { size: number; weight: number }): number;
  /** CSS that brings the typefaces along; empty when they need not be. */
  fontCss: string;
}

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

const margin = 32;
const family = "'Inter Variable', Inter, system-ui, sans-serif";

export function drawSvg(document: WorkflowDocument, options: PictureOptions): Picture {
  const layout = new CanvasLayout(document, standardCatalogue);
  const included = (id: NodeId): boolean => !layout.isHidden(id) && (options.only === null || options.only.has(id));
  const nodes = document.nodes.filter(({ id }) => included(id));
  const edges = document.edges.filter(({ source, target }) => included(source) && included(target));
  const notes = (document.notes ?? []).flatMap((note) => {
    const parent = note.parent === null ? undefined : layout.boxes.get(note.parent);
    const isShown =
      note.parent === null
        ? options.only === null || options.only.has(note.id)
        : included(note.parent) && layout.isOpenContainer(note.parent);
    return isShown ? [{ ...note, x: (parent?.x ?? 0) + note.position.x, y: (parent?.y ?? 0) + note.position.y }] : [];
  });
  const boxes = [
    ...nodes.map(({ id }) => layout.boxes.get(id)!), // every node has a box
    ...notes.map(({ x, y, size }) => ({ x, y, ...size })),
    ...edges.flatMap((edge) => (layout.route(edge)?.points ?? []).map(({ x, y }) => ({ x, y, width: 0, height: 0 }))),
  ];
  const left = Math.floor(Math.min(...limits(boxes.map(({ x }) => x))) - margin);
  const top = Math.floor(Math.min(...limits(boxes.map(({ y }) => y))) - margin);
  const width = Math.ceil(Math.max(...limits(boxes.map((box) => box.x + box.width))) + margin) - left;
  const height = Math.ceil(Math.max(...limits(boxes.map((box) => box.y + box.height))) + margin) - top;

  const pen = new Pen(options);
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const incoming = new Map<NodeId, number>();
  for (const { target } of document.edges) incoming.set(target, (incoming.get(target) ?? 0) + 1);
  const connected = new Set(document.edges.map(({ source, sourcePort }) => `${source} ${sourcePort}`));
  const depthOf = depths(document);
  const containers = nodes.filter(({ id }) => layout.isOpenContainer(id)).toSorted((a, b) => depthOf(a.id) - depthOf(b.id));
  const others = nodes.filter(({ id }) => !layout.isOpenContainer(id));
  const at = (node: GraphNode) => layout.boxes.get(node.id)!; // as above
  const parts = [
    ...containers.map((node) => pen.container(node, at(node), incoming.get(node.id) ?? 0)),
    ...notes.map((note) => pen.note(note)),
    ...edges.map((edge) => pen.edge(edge, layout, byId.get(edge.source))),
    ...others.map((node) => pen.node(node, at(node), incoming.get(node.id) ?? 0, document)),
    ...nodes.map((node) => pen.ports(node, at(node), connected, incoming.has(node.id))),
  ];
  const style = options.fontCss === '' ? '' : `<style>${options.fontCss}</style>`;
  const behind = options.background ? rect({ x: left, y: top, width, height }, { fill: options.palette.canvas }) : '';
  return {
    width,
    height,
    svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="${family}">${style}${behind}${parts.join('')}</svg>\n`,
  };
}

/** An empty drawing is a small empty picture. Spread into `Math.min`, a long list would be too many arguments. */
function limits(values: readonly number[]): [number, number] {
  return values.length === 0
    ? [0, 0]
    : values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

function depths(document: WorkflowDocument): (id: NodeId) => number {
  const parents = new Map(document.nodes.map(({ id, parent }) => [id, parent]));
  return (id) => {
    let depth = 0;
    for (let at = parents.get(id); at && depth < 64; at = parents.get(at)) depth++;
    return depth;
  };
}

interface At {
  x: number;
  y: number;
  width: number;
  height: number;
}

class Pen {
  readonly #options: PictureOptions;
  readonly #ink: Palette;

  constructor(options: PictureOptions) {
    this.#options = options;
    this.#ink = options.palette;
  }

  node(node: GraphNode, box: At, incoming: number, document: WorkflowDocument): string {
    const type = standardCatalogue.get(node.type);
    const summary = node.disabled
      ? 'Disabled, passes its input on'
      : (type?.summary(node.config, incoming) ?? `Unknown node type ${node.type}`);
    if (type?.synchronises) return this.#join(node, box, type.icon, type.summary(node.config, incoming));
    if (type?.container) return this.#folded(node, box, document);
    const outputs = namedOutputs(portPositions(node).map(({ port }) => port));
    const attempts = node.retry?.maxNumberOfAttempts ?? 1;
    const badge = attempts > 1 ? `↻ ${attempts}×` : '';
    const badgeWidth = badge === '' ? 0 : this.#options.measure(badge, { size: 10.5, weight: 500 }) + 8;
    const textLeft = box.x + 49;
    const room = box.width - 49 - 12;
    return [
      rect(box, {
        rx: 8,
        fill: node.disabled ? this.#ink.sunken : this.#ink.raised,
        stroke: this.#ink['border-2'],
        'stroke-dasharray': node.disabled ? '4 3' : undefined,
      }),
      this.#chip(type?.chip, type?.icon, box.x + 11, box.y + 12),
      this.#text(node.title, {
        x: textLeft,
        y: box.y + 22,
        size: 13,
        weight: 600,
        fill: node.disabled ? this.#ink['text-3'] : this.#ink['text-1'],
        room,
        struck: node.disabled ?? false,
      }),
      this.#text(summary, { x: textLeft, y: box.y + 38, size: 11.5, weight: 400, fill: this.#ink['text-3'], room: room - badgeWidth }),
      badge === ''
        ? ''
        : rect({ x: box.x + box.width - 11 - badgeWidth, y: box.y + 26, width: badgeWidth, height: 16 }, { rx: 4, fill: this.#ink.well }) +
          this.#text(badge, {
            x: box.x + box.width - 11 - badgeWidth / 2,
            y: box.y + 37.5,
            size: 10.5,
            weight: 500,
            fill: this.#ink['text-2'],
            anchor: 'middle',
          }),
      ...this.#outputs(
        outputs.map(({ label }) => label),
        box,
      ),
    ].join('');
  }

  container(node: GraphNode, box: At, incoming: number): string {
    const type = standardCatalogue.get(node.type);
    const note = type?.summary(node.config, incoming) ?? '';
    const { x, y, width } = box;
    const inside = portPositions(node).filter(({ port }) => port.kind === 'exceptional' && port !== errorPort);
    return [
      rect(box, { rx: 12, fill: this.#ink.surface, 'fill-opacity': 0.55, stroke: this.#ink['border-2'] }),
      `<path d="M${x + 0.5} ${y + 32}V${y + 12}Q${x + 0.5} ${y + 0.5} ${x + 12} ${y + 0.5}H${x + width - 12}Q${x + width - 0.5} ${y + 0.5} ${x + width - 0.5} ${y + 12}V${y + 32}Z" fill="${this.#ink.raised}"/>`,
      `<path d="M${x} ${y + 32}H${x + width}" stroke="${this.#ink['border-1']}"/>`,
      this.#header(node, box, note),
      ...inside.map(({ port, position }) =>
        this.#text(port.label, {
          x: x + position.x - 16,
          y: y + position.y + 4,
          size: 11,
          weight: 500,
          fill: this.#ink['text-2'],
          anchor: 'end',
        }),
      ),
    ].join('');
  }

  edge(edge: GraphEdge, layout: CanvasLayout, source: GraphNode | undefined): string {
    const route = layout.route(edge);
    if (!route) return '';
    const kind = source && portPositions(source).find(({ port }) => port.id === edge.sourcePort)?.port.kind;
    const isError = kind === 'exceptional' && source !== undefined && isErrorPort(source.type, edge.sourcePort);
    const line = `<path d="${routePath(route.points)}" fill="none" stroke="${isError ? this.#ink.failed : this.#ink.edge}" stroke-width="1.5"/>`;
    if (!route.back) return line;
    const { x, y } = routeMiddle(route.points);
    return `${line}<g transform="translate(${x} ${y})"><circle r="9" fill="${this.#ink.raised}" stroke="${this.#ink['border-2']}"/><path d="M3.6 -1.2A3.9 3.9 0 1 0 3.9 1.4M3.9 -4v2.9H1" fill="none" stroke="${this.#ink['text-2']}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/></g>`;
  }

  ports(node: GraphNode, box: At, connected: ReadonlySet<string>, hasIncoming: boolean): string {
    const input = inputPosition(node);
    const parts = [];
    if (input && hasIncoming) {
      const [x, y] = [box.x + input.x, box.y];
      parts.push(`<path d="M${x - 6} ${y - 7}H${x + 6}L${x} ${y}Z" fill="${this.#ink.edge}"/>`);
    }
    for (const { port, position } of portPositions(node)) {
      if (node.collapsed && port.kind === 'inner') continue;
      const [x, y] = [box.x + position.x, box.y + position.y];
      const isUsed = connected.has(`${node.id} ${port.id}`);
      if (port.kind === 'exceptional' && isErrorPort(node.type, port.id)) {
        // As on the canvas: an error exit nobody uses is not there until somebody points at it.
        if (!isUsed && port === errorPort) continue;
        parts.push(
          `<rect x="-4.5" y="-4.5" width="9" height="9" rx="1.5" transform="translate(${x} ${y}) rotate(45)" fill="${isUsed ? this.#ink.failed : this.#ink.raised}" stroke="${this.#ink.failed}" stroke-width="1.5"/>`,
        );
      } else {
        parts.push(`<circle cx="${x}" cy="${y}" r="3.75" fill="${this.#ink.raised}" stroke="${this.#ink.edge}" stroke-width="1.5"/>`);
        if (port.kind === 'exceptional' && !standardCatalogue.get(node.type)?.container)
          parts.push(this.#text(port.label, { x: x + 10, y: y + (isUsed ? -7 : 4), size: 11, weight: 500, fill: this.#ink['text-2'] }));
      }
    }
    return parts.join('');
  }

  note({ x, y, size, text }: { x: number; y: number; size: { width: number; height: number }; text: string }): string {
    const lines = this.#wrapped(text, size.width - 24).slice(0, Math.max(1, Math.floor((size.height - 16) / 18)));
    return (
      rect({ x, y, ...size }, { rx: 6, fill: this.#ink.note, stroke: this.#ink['note-line'] }) +
      lines
        .map(({ words, isBold }, i) =>
          this.#text(words, {
            x: x + 12,
            y: y + 22 + i * 18,
            size: 12,
            weight: isBold ? 600 : 400,
            fill: this.#ink['text-1'],
            room: size.width - 20,
          }),
        )
        .join('')
    );
  }

  #join(node: GraphNode, box: At, icon: string, summary: string): string {
    const width = this.#options.measure(summary, { size: 12, weight: 600 }) + 20;
    const left = box.x + (box.width - width) / 2;
    return (
      rect(box, {
        rx: 16,
        fill: node.disabled ? this.#ink.sunken : this.#ink.raised,
        stroke: this.#ink['border-2'],
        'stroke-dasharray': node.disabled ? '4 3' : undefined,
      }) +
      this.#icon(icon, left, box.y + 9, 14, this.#ink['text-2']) +
      this.#text(summary, { x: left + 20, y: box.y + 20.5, size: 12, weight: 600, fill: this.#ink['text-1'] })
    );
  }

  #folded(node: GraphNode, box: At, document: WorkflowDocument): string {
    const count = document.nodes.filter(({ parent }) => parent === node.id).length;
    return (
      rect({ ...box, y: box.y + 3 }, { rx: 10, fill: this.#ink.raised, stroke: this.#ink['border-2'] }) +
      rect(box, { rx: 10, fill: this.#ink.raised, stroke: this.#ink['border-2'] }) +
      this.#header(node, box, `${count} node${count === 1 ? '' : 's'} inside`)
    );
  }

  #header(node: GraphNode, box: At, note: string): string {
    const type = standardCatalogue.get(node.type);
    const noteWidth = Math.min(this.#options.measure(note, { size: 11, weight: 400 }), box.width * 0.55);
    const chevron = node.collapsed ? 'M-2 -3.5L1.5 0L-2 3.5' : 'M-3.5 -2L0 1.5L3.5 -2';
    return [
      `<path d="${chevron}" transform="translate(${box.x + 16} ${box.y + 16})" fill="none" stroke="${this.#ink['text-2']}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/>`,
      this.#icon(type?.icon, box.x + 30, box.y + 9, 14, this.#ink['text-2']),
      this.#text(node.title, {
        x: box.x + 51,
        y: box.y + 20.5,
        size: 13,
        weight: 600,
        fill: this.#ink['text-1'],
        room: box.width - 51 - noteWidth - 20,
      }),
      this.#text(note, {
        x: box.x + box.width - 10,
        y: box.y + 20,
        size: 11,
        weight: 400,
        fill: this.#ink['text-3'],
        anchor: 'end',
        room: noteWidth,
      }),
    ].join('');
  }

  #outputs(labels: readonly string[], box: At): string[] {
    if (labels.length === 0) return [];
    const top = box.y + nodeSize({ type: 'transform', config: {} }).height;
    const width = box.width / labels.length;
    return [
      `<path d="M${box.x} ${top}H${box.x + box.width}" stroke="${this.#ink['border-1']}"/>`,
      ...labels.map((label, i) => {
        const left = box.x + i * width;
        const rule = i === 0 ? '' : `<path d="M${left} ${top}V${box.y + box.height}" stroke="${this.#ink['border-1']}"/>`;
        return (
          rule +
          this.#text(label, {
            x: left + width / 2,
            y: top + 15.5,
            size: 11,
            weight: 500,
            fill: this.#ink['text-2'],
            anchor: 'middle',
            room: width - 8,
          })
        );
      }),
    ];
  }

  #chip(style: ChipStyle | undefined, icon: string | undefined, x: number, y: number): string {
    const ink = this.#ink;
    const shape = { x, y, width: 28, height: 28 };
    const rx = style === 'round' ? 14 : 7;
    const drawn =
      style === 'solid'
        ? rect(shape, { rx, fill: ink['text-1'] })
        : style === 'accent'
          ? rect(shape, { rx, fill: ink['accent-tint'] })
          : style === 'outlined'
            ? rect(shape, { rx, fill: 'none', stroke: ink['border-2'] })
            : rect(shape, { rx, fill: ink.well });
    return drawn + this.#icon(icon, x + 6, y + 6, 16, style === 'solid' ? ink.raised : style === 'accent' ? ink.accent : ink['text-2']);
  }

  #icon(name: string | undefined, x: number, y: number, size: number, colour: string): string {
    return `<g transform="translate(${x} ${y}) scale(${size / 24})" fill="none" stroke="${colour}" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${this.#options.icon(name)}</g>`;
  }

  #text(
    text: string,
    {
      x,
      y,
      size,
      weight,
      fill,
      room,
      anchor,
      struck = false,
    }: { x: number; y: number; size: number; weight: number; fill: string; room?: number; anchor?: 'middle' | 'end'; struck?: boolean },
  ): string {
    const shown = room === undefined ? text : this.#fitted(text, room, { size, weight });
    if (shown === '') return '';
    return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}"${anchor ? ` text-anchor="${anchor}"` : ''}${struck ? ' text-decoration="line-through"' : ''}>${escapeXml(shown)}</text>`;
  }

  /** As much as fits, and an ellipsis. */
  #fitted(text: string, room: number, font: { size: number; weight: number }): string {
    const line = text.replaceAll(/\s+/g, ' ').trim();
    if (this.#options.measure(line, font) <= room) return line;
    const letters = [...line];
    let [low, high] = [0, letters.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#options.measure(`${letters.slice(0, middle).join('').trimEnd()}…`, font) <= room) low = middle;
      else high = middle - 1;
    }
    return low === 0 ? '' : `${letters.slice(0, low).join('').trimEnd()}…`;
  }

  /** Markdown as plain lines: headings bold, list marks as dots, everything else as it is written. */
  #wrapped(text: string, room: number): { words: string; isBold: boolean }[] {
    return text.split('\n').flatMap((line) => {
      const isBold = /^#{1,6}\s/.test(line);
      const plain = line
        .replace(/^#{1,6}\s+/, '')
        .replace(/^\s*[-*+]\s+/, '• ')
        .replaceAll(/(\*\*|__|`)/g, '');
      const lines: string[] = [];
      let current = '';
      for (const word of plain.split(/\s+/)) {
        const longer = current === '' ? word : `${current} ${word}`;
        if (current !== '' && this.#options.measure(longer, { size: 12, weight: isBold ? 600 : 400 }) > room) {
          lines.push(current);
          current = word;
        } else current = longer;
      }
      return [...lines, current].map((words) => ({ words, isBold }));
    });
  }
}

function rect({ x, y, width, height }: At, attributes: Record<string, string | number | undefined>): string {
  // A stroke of one pixel lies half outside the shape it is drawn around.
  const inset = attributes['stroke'] === undefined ? 0 : 0.5;
  const given = Object.entries(attributes).flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${value}"`]));
  return `<rect x="${x + inset}" y="${y + inset}" width="${width - 2 * inset}" height="${height - 2 * inset}"${given.join('')}/>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as XML may hold it: what it does not allow at all (control characters, halves of surrogates) is left out. */
function escapeXml(text: string): string {
  return [...text]
    .filter((letter) => {
      const code = letter.codePointAt(0)!; // every letter has one
      return code === 9 || code === 10 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
    })
    .map((letter) => entities[letter] ?? letter)
    .join('');
}
