/** What a split's samples are cut into slices by: class, the look of the images, tags. */
import type { TagColumn } from '../../datasets/dataset';
import type { ImageStatistics } from '../../datasets/images/image-statistics';
import { quantileGroups } from '../../metrics/slices/quantile-groups';
import type { Partition } from '../../metrics/slices/slices';

export const SLICE_KINDS = ['class', 'brightness', 'contrast', 'ink', 'tag'] as const;
export type SliceKind = (typeof SLICE_KINDS)[number];

export interface SliceName {
  kind: SliceKind;
  /** Stable: "class Shirt", "brightness Q1", "size large". */
  name: string;
  /** Of a quantile's slice: its figure lies above `lower` (in Q1 from it on) and up to `upper`. */
  lower: number | null;
  upper: number | null;
}

export interface SliceSource {
  labels: Uint16Array<SharedArrayBuffer>;
  classNames: readonly string[];
  statistics: ImageStatistics;
  tags: readonly TagColumn[];
}

export function slicePartitions(source: SliceSource, kind: SliceKind): Partition<SliceName>[] {
  switch (kind) {
    case 'class': {
      const names = source.classNames.map((name) => named(kind, `class ${name}`));
      return [{ codes: source.labels, names }];
    }
    case 'tag':
      return source.tags.map(({ name, values, codes }) => ({
        codes,
        names: values.map((value) => named(kind, `${name} ${value}`)),
      }));
    default: {
      const { codes, groups } = quantileGroups(source.statistics[kind]);
      const names = groups.map((bounds, i) => ({ kind, name: `${kind} Q${i + 1}`, ...bounds }));
      return [{ codes, names }];
    }
  }
}

function named(kind: SliceKind, name: string): SliceName {
  return { kind, name, lower: null, upper: null };
}
