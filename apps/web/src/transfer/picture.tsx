import type { WorkflowDocument } from '@perdure/graph';
import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { NodeIcon } from '../canvas/node-icon.tsx';
import { drawSvg, paletteNames, type Palette, type Picture } from './draw-svg.ts';

/*
 * What drawing needs of the page: the tokens' colours in either scheme, the icons, the width of texts, and the typeface to go along. And a picture as PNG.
 */

export type PictureScheme = 'light' | 'dark';

export async function drawPicture(
  document: WorkflowDocument,
  { scheme, background, only }: { scheme: PictureScheme; background: boolean; only: ReadonlySet<string> | null },
): Promise<Picture> {
  const context = globalThis.document.createElement('canvas').getContext('2d');
  if (!context) throw new Error('This browser draws no pictures.');
  return drawSvg(document, {
    palette: resolvePalette(scheme),
    background,
    only,
    icon: iconInside,
    measure: (text, { size, weight }) => {
      context.font = `${weight} ${size}px 'Inter Variable', sans-serif`;
      return context.measureText(text).width;
    },
    fontCss: await fontCss(),
  });
}

/** What browsers make of one canvas without trouble. */
export const longestSide = 16_000;
const mostPixels = 120_000_000;

/** Why a picture is too large for a PNG at a scale, in words; null when it is not. */
export function pngRefusal({ width, height }: Picture, scale: number): string | null {
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (w <= longestSide && h <= longestSide && w * h <= mostPixels) return null;
  const size = `${w.toLocaleString('en')} × ${h.toLocaleString('en')}`;
  return `At this scale it would be ${size} pixels, more than browsers make a PNG of. Choose a smaller scale, a selection, or SVG, which has no limit.`;
}

export async function pngOf({ svg, width, height }: Picture, scale: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = globalThis.document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('The browser could not make a PNG of this size. Choose a smaller scale, or SVG.');
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * The tokens follow an attribute of the page, so for the other scheme it is set and set back at once: nothing is painted in between. (`color-scheme` on
 * an element of its own would not do: the build turns light-dark() into variables of that attribute.)
 */
function resolvePalette(scheme: PictureScheme): Palette {
  const { dataset } = document.documentElement;
  const before = dataset[schemeAttribute];
  const probe = document.createElement('span');
  document.body.append(probe);
  try {
    if (before !== scheme) dataset[schemeAttribute] = scheme;
    const entries = paletteNames.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color] as const;
    });
    return Object.fromEntries(entries) as Palette; // one entry per name
  } finally {
    probe.remove();
    if (before !== scheme) dataset[schemeAttribute] = before;
  }
}

const schemeAttribute = 'mantineColorScheme';

const drawnIcons = new Map<string, string>();

/** The strokes of an icon, drawn once by the component that draws it on the canvas. */
function iconInside(name: string | undefined): string {
  const key = name ?? '';
  let inside = drawnIcons.get(key);
  if (inside === undefined) {
    const host = document.createElement('div');
    const root = createRoot(host);
    flushSync(() => root.render(<NodeIcon name={name} size={24} />));
    const svg = host.querySelector('svg');
    inside = svg ? (svg.style.transform === '' ? svg.innerHTML : `<g transform="rotate(90 12 12)">${svg.innerHTML}</g>`) : '';
    root.unmount();
    drawnIcons.set(key, inside);
  }
  return inside;
}

let font: Promise<string> | null = null;

/** The typeface inside the file: a picture looks the same where it is not installed. Scripts beyond Latin use what is. */
function fontCss(): Promise<string> {
  font ??= fetch(interUrl)
    .then((response) => response.blob())
    .then(
      (blob) =>
        new Promise<string>((resolve, reject) => {
          const reader = new FileReader();
          reader.onload = () => resolve(String(reader.result));
          reader.onerror = () => reject(new Error('The typeface cannot be read.'));
          reader.readAsDataURL(blob);
        }),
    )
    .then((url) => `@font-face{font-family:'Inter Variable';font-weight:100 900;src:url(${url}) format('woff2')}`);
  return font;
}
