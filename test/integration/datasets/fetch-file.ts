/** A process of its own that fetches one file: `fetch-file.ts <dataDir> <base address> <file as JSON>`. */
import { createFileFinder } from '../../../src/datasets/files/file-finder';
import type { PublishedFile } from '../../../src/datasets/files/published-file';

async function fetchFile(dataDir = '', base = '', json = ''): Promise<void> {
  const file = JSON.parse(json) as PublishedFile;
  const finder = createFileFinder('Pictures', [file], { dataDir, baseUrls: [base] });
  const bytes = await finder.read(file);
  process.stdout.write(String(bytes.length));
}

void fetchFile(...process.argv.slice(2));
