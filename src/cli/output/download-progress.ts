/** One progress bar after another, for files that are fetched. */
import type { DownloadProgress } from '../../datasets/dataset';
import type { CommandIo } from './command-io';
import { ProgressBar } from './progress-bar';

export function downloadProgress(io: CommandIo): { update: DownloadProgress; end: () => void } {
  let current: { file: string; bar: ProgressBar } | undefined;
  const end = () => {
    current?.bar.end();
    current = undefined;
  };
  return {
    end,
    update: ({ file, receivedBytes, totalBytes }) => {
      if (current?.file !== file) {
        end();
        const bar = new ProgressBar({
          out: io.stderr,
          isTty: io.isTty,
          title: `Fetching ${file}`,
          unit: 'bytes',
          ...(totalBytes !== undefined && { total: totalBytes }),
        });
        current = { file, bar };
      }
      current.bar.update(receivedBytes);
    },
  };
}
