/**
 * Colours of numbers. Both ramps change in lightness all along, so they keep their order for colour-blind
 * readers and in print; zero is the colour of the surface.
 */
import { scaleLinear } from 'd3-scale';
import type { Scheme } from './scheme';

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Ramp {
  /** @param value 0…1, or −1…1 of a signed ramp; what lies outside counts as the end */
  at: (value: number) => Rgb;
}

const SHARE: Readonly<Record<Scheme, readonly string[]>> = {
  light: ['#ffffff', '#d5ebe8', '#8ecac6', '#3b97a0', '#0d6477', '#0b3450'],
  dark: ['#171c1f', '#173a45', '#1a6273', '#2f90a0', '#79c4c4', '#e0f5e9'],
};

/** Blue is less, orange is more. */
const SIGNED: Readonly<Record<Scheme, readonly string[]>> = {
  light: ['#08417a', '#3c82bd', '#a9cfea', '#ffffff', '#f7c594', '#d07416', '#7d3b00'],
  dark: ['#b5dcff', '#4c9ad8', '#1d4a70', '#171c1f', '#6b3d10', '#d9832b', '#ffddb0'],
};

export function shareRamp(scheme: Scheme): Ramp {
  return rampThrough(SHARE[scheme], 0);
}

export function signedRamp(scheme: Scheme): Ramp {
  return rampThrough(SIGNED[scheme], -1);
}

function rampThrough(colours: readonly string[], start: number): Ramp {
  const step = (1 - start) / (colours.length - 1);
  const scale = scaleLinear<Rgb>()
    .domain(colours.map((_, index) => start + index * step))
    .range(colours.map(parse))
    .interpolate(between)
    .clamp(true);
  return { at: (value) => scale(value) };
}

function between(from: Rgb, to: Rgb): (t: number) => Rgb {
  const mix = (t: number, channel: 0 | 1 | 2) =>
    Math.round(from[channel] + (to[channel] - from[channel]) * t);
  return (t) => [mix(t, 0), mix(t, 1), mix(t, 2)];
}

function parse(hex: string): Rgb {
  const at = (start: number) => parseInt(hex.slice(start, start + 2), 16);
  return [at(1), at(3), at(5)];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

/** Black or white, whichever contrasts more: at least 4.5 on any colour. */
export function inkOn(colour: Rgb): '#000000' | '#ffffff' {
  const luminance = relativeLuminance(colour);
  return (luminance + 0.05) ** 2 > 1.05 * 0.05 ? '#000000' : '#ffffff';
}

/** WCAG 2.2, "relative luminance". */
export function relativeLuminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
