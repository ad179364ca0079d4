/** A Vite plugin: fails the build where the scripts that the first page needs grow too large. */
import { gzipSync } from 'node:zlib';

const ENTRY = 'index.html';
const FIRST_ROOM = '/overview/';

/** @param maxBytes of all scripts together, each as gzip */
export function firstPageSize(maxBytes) {
  return {
    name: 'first-page-size',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
      const first = chunks.filter(
        ({ facadeModuleId, isEntry }) =>
          facadeModuleId !== null &&
          (isEntry ? facadeModuleId.endsWith(ENTRY) : facadeModuleId.includes(FIRST_ROOM)),
      );
      if (first.length === 0) this.error(`no chunk belongs to ${ENTRY}`);
      const needed = withImports(first, bundle);
      const bytes = [...needed].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
      const line = `first page: ${bytes} bytes of scripts as gzip, at most ${maxBytes}`;
      if (bytes > maxBytes) this.error(line);
      this.info(line);
    },
  };
}

function withImports(chunks, bundle, found = new Set()) {
  for (const chunk of chunks) {
    if (chunk?.type !== 'chunk' || found.has(chunk)) continue;
    found.add(chunk);
    withImports(
      chunk.imports.map((name) => bundle[name]),
      bundle,
      found,
    );
  }
  return found;
}
