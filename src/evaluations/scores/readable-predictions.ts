/** Whose predictions can be read: what fits in memory, on data that are still there. */
import { UserError } from '../../errors';

/** 256 MiB as float32: 50,000 samples of 1,000 classes, or 4 million of 16, fit. */
const MAX_OUTPUTS = 2 ** 26;
/** What is computed of a sample takes some 80 bytes beside its outputs. */
const MAX_SAMPLES = 2 ** 22;

/** Whether all outputs of a run may be in memory at a time; larger runs keep what their shards have counted. */
export function fitsInMemory(sampleCount: number, classCount: number): boolean {
  return sampleCount <= MAX_SAMPLES && sampleCount * classCount <= MAX_OUTPUTS;
}

/** @throws UserError RESULT_TOO_LARGE where the outputs are not for one memory */
export function checkFits({
  sampleCount,
  classCount,
}: {
  sampleCount: number;
  classCount: number;
}): void {
  if (fitsInMemory(sampleCount, classCount)) return;
  throw new UserError(
    'RESULT_TOO_LARGE',
    `${sampleCount} samples of ${classCount} classes are more outputs than are held in memory at a time ` +
      `(${MAX_OUTPUTS} outputs, ${MAX_SAMPLES} samples): ask for the metrics of counts, or evaluate a smaller split`,
    { details: { sampleCount, classCount } },
  );
}

/** RESULT_DATA_CHANGED: a source holds other data now than the digest names. */
export function dataChanged(
  { split, dataDigest }: { split: string; dataDigest: string },
  { name }: { name: string },
): UserError {
  return new UserError(
    'RESULT_DATA_CHANGED',
    `the split ${split} of ${name} is not the data any more on which the result was made ` +
      `(${dataDigest.slice(0, 12)}): bring that version back, or evaluate the checkpoint on the new one`,
    { details: { dataDigest } },
  );
}
