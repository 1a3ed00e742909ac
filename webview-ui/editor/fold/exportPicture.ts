import type { Picture } from '../../../src/protocol/editor';

const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'font-style',
  'text-anchor',
] as const;

/** The picture as a file that stands for itself: every style written out, its background behind it. */
export function pictureSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const [originals, copies] = [[...svg.querySelectorAll('*')], [...copy.querySelectorAll('*')]];
  originals.forEach((original, at) => {
    const made = copies[at];
    if (made === undefined) return;
    const style = getComputedStyle(original);
    if (style.display === 'none' || style.visibility === 'hidden') made.remove();
    else inline(made, style);
  });
  for (const name of ['class', 'role', 'style', 'data-testid']) copy.removeAttribute(name);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const behind = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  behind.setAttribute('width', '100%');
  behind.setAttribute('height', '100%');
  behind.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(behind);
  return new XMLSerializer().serializeToString(copy);
}

function inline(made: Element, style: CSSStyleDeclaration): void {
  if (made.tagName !== 'title')
    for (const name of STYLES) made.setAttribute(name, style.getPropertyValue(name));
  for (const name of SCREEN_ONLY) made.removeAttribute(name);
}

/** What a picture has no use for. */
const SCREEN_ONLY = [
  ...['class', 'style', 'role', 'tabindex', 'aria-hidden', 'aria-pressed'],
  ...['data-op', 'data-vscode-context'],
] as const;

/** Pixels of a PNG for one of the screen: sharp on a slide, too. */
const SCALE = 2;

/** The same as a PNG. @throws Error where the browser can't draw it. */
async function picturePng(svg: SVGSVGElement): Promise<string> {
  const { width, height } = svg.viewBox.baseVal;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureSvg(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * SCALE);
  canvas.height = Math.ceil(height * SCALE);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}

export async function exportPicture(
  svg: SVGSVGElement,
  block: string,
  format: Picture['format'],
): Promise<Picture> {
  return { block, format, data: format === 'svg' ? pictureSvg(svg) : await picturePng(svg) };
}
