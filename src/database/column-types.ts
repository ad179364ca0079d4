/** Column helpers shared by entities. */
import type { ColumnOptions, ValueTransformer } from 'typeorm';

/** The driver gives bigint as a string; every bigint here is a byte or sample count below 2^53. */
export const countTransformer: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

export const bigCount: ColumnOptions = { type: 'bigint', transformer: countTransformer };

/** A SHA-256 in hex. */
export const sha256Hex: ColumnOptions = { type: 'varchar', length: 64 };
