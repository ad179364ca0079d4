/** Preprocessing for people, and as the flags that give it. */
import type { Preprocessing } from '../../checkpoints/preprocessing';

export function preprocessingWords(preprocessing: Preprocessing): string {
  const { scale, mean, std, channelOrder, output } = preprocessing;
  const pixels = `(pixel × ${scale} − [${mean.join(', ')}]) / [${std.join(', ')}]`;
  return `${pixels}, ${channelOrder}, gives ${output}`;
}

/** What `assay checkpoint register` takes. */
export function preprocessingFlags(preprocessing: Preprocessing): string {
  const { scale, mean, std, channelOrder, output } = preprocessing;
  return (
    `--scale ${scale} --mean=${mean.join(',')} --std=${std.join(',')} ` +
    `--channel-order ${channelOrder} --output ${output}`
  );
}
