/** How the page is bundled into dist/dashboard, and served while it is worked on (`npm run dev:page`). */
import path from 'node:path';
import { defineConfig } from 'vite';
import { generateTypes } from './build/generate-types.mjs';
import { compressed } from './build/compressed.mjs';
import { firstPageSize } from './build/first-page-size.mjs';

const root = import.meta.dirname;
const service = `http://127.0.0.1:${process.env.PORT ?? 4000}`;

export default defineConfig({
  root,
  build: {
    outDir: path.join(root, '../../dist/dashboard'),
    emptyOutDir: true,
    // The first browsers with light-dark(), so that it stays as it is written.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // Nothing as a data: address, which the page's policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // kB. GraphiQL's editor is one piece of 2,797 kB, loaded by the explorer alone; the first page has a
    // limit of its own below.
    chunkSizeWarningLimit: 3_000,
    rolldownOptions: {
      // Hundreds of "use client" in GraphiQL's libraries, which mean nothing here.
      onwarn(warning, warn) {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
      input: { index: path.join(root, 'index.html'), explorer: path.join(root, 'explorer.html') },
    },
  },
  // Their content policy lets them import nothing.
  worker: { format: 'iife' },
  // Two of them, and GraphiQL takes no schema of the other one.
  resolve: { dedupe: ['graphql', 'react', 'react-dom'] },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql': { target: service, ws: true },
      '/checkpoints/upload': service,
      '^/datasets/.*/images/': service,
    },
  },
  plugins: [graphqlTypes(), compressed(), firstPageSize(150_000)],
});

/** The types of the queries are made before anything is built, and again when a query changes. */
function graphqlTypes() {
  return {
    name: 'graphql-types',
    buildStart: () => generateTypes(),
    async handleHotUpdate({ file, read, server }) {
      if (!/\.tsx?$/.test(file) || !(await read()).includes('graphql(')) return;
      await generateTypes().catch((error) => {
        server.config.logger.error(error.message);
      });
    },
  };
}
