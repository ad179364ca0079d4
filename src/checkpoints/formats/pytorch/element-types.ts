/** How the elements of a storage become float32. Storages are little-endian. */
import type { StateDictDtype } from '../state-dict';

export interface ElementType {
  bytes: number;
  /** @param at in bytes */
  read: (view: DataView, at: number) => number;
}

const SCRATCH = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function bfloat16(bits: number): number {
  SCRATCH.setUint32(0, bits * 2 ** 16);
  return SCRATCH.getFloat32(0);
}

/** 2^(exponent - 25), the value of a fraction's last bit: a table, as a power for each weight takes 3 times as long. */
const HALF_UNITS = Float64Array.from({ length: 31 }, (_, exponent) => 2 ** (exponent - 25));

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */
function float16(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * (HALF_UNITS[exponent] ?? NaN);
}

export const ELEMENT_TYPES: Record<StateDictDtype, ElementType> = {
  float64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  float32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  float16: { bytes: 2, read: (view, at) => float16(view.getUint16(at, true)) },
  bfloat16: { bytes: 2, read: (view, at) => bfloat16(view.getUint16(at, true)) },
  int64: {
    bytes: 8,
    read: (view, at) => view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true),
  },
};
