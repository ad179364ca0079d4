/** A chart as a file of its own: SVG with its colours inside, or the same as PNG. */

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** What styles.css gives to the page's charts and a saved one has to carry along. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'dominant-baseline',
];

/** Twice the size of the page, for slides; no side longer than what every browser can paint. */
const PNG_SCALE = 2;
const MAX_PIXELS = 8_192;

/** @param shown as it is on the page, on its background */
export function standAlone(shown: SVGSVGElement): SVGSVGElement {
  const copy = shown.cloneNode(true) as SVGSVGElement;
  const { width, height } = shown.getBoundingClientRect();
  const originals = [shown, ...shown.querySelectorAll('*')];
  for (const [index, element] of [copy, ...copy.querySelectorAll('*')].entries()) {
    const original = originals[index];
    if (original !== undefined) carryStyles(original, element);
  }
  for (const helper of copy.querySelectorAll('[data-only-on-page]')) helper.remove();
  copy.setAttribute('xmlns', NAMESPACE);
  copy.setAttribute('width', String(Math.round(width)));
  copy.setAttribute('height', String(Math.round(height)));
  copy.setAttribute('viewBox', shown.getAttribute('viewBox') ?? `0 0 ${width} ${height}`);
  const ground = document.createElementNS(NAMESPACE, 'rect');
  ground.setAttribute('width', '100%');
  ground.setAttribute('height', '100%');
  ground.setAttribute('fill', groundOf(shown));
  copy.prepend(ground);
  return copy;
}

function carryStyles(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  for (const name of STYLES) to.setAttribute(name, computed.getPropertyValue(name));
  for (const name of ['class', 'style', 'role', 'tabindex']) to.removeAttribute(name);
  for (const { name } of [...to.attributes]) if (name.startsWith('aria-')) to.removeAttribute(name);
}

function groundOf(shown: Element): string {
  const panel = shown.closest('.panel') ?? document.documentElement;
  return getComputedStyle(panel).backgroundColor;
}

export function svgFile(drawing: SVGSVGElement): Blob {
  return new Blob([new XMLSerializer().serializeToString(drawing)], { type: 'image/svg+xml' });
}

/** @throws Error where the browser can not paint it */
export async function pngFile(drawing: SVGSVGElement): Promise<Blob> {
  const width = Number(drawing.getAttribute('width'));
  const height = Number(drawing.getAttribute('height'));
  const scale = Math.min(PNG_SCALE, MAX_PIXELS / Math.max(width, height));
  const url = URL.createObjectURL(svgFile(drawing));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob === null) reject(new Error('the browser can not paint this chart as PNG'));
        else resolve(blob);
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
