/** The addresses of the service. */

export const GRAPHQL_PATH = '/graphql';
export const UPLOAD_PATH = '/checkpoints/upload';
export const IMAGE_PATH = '/datasets/:digest/:split/images/:file';
/** As src/store/store-paths.ts says, which workers read. */
export const STORE_PATHS = {
  store: '/store',
  checkpoint: '/store/checkpoints/:digest',
  checkpointFile: '/store/checkpoints/:digest/:sha256',
  split: '/store/splits/:digest',
} as const;
export const HEALTH_PATHS = { live: '/health/live', ready: '/health/ready' } as const;
export const METRICS_PATH = '/metrics';

/** Probes and scrapers come every few seconds. @param path as it was asked for */
export function isProbe(path: string): boolean {
  return path.startsWith('/health/') || path === METRICS_PATH;
}

/** Where the page opens; the page itself knows which room each address shows. */
export const PAGE_PATHS = [
  '/',
  '/runs',
  '/runs/new',
  '/runs/:id',
  '/results/:id',
  '/compare',
  '/checkpoints',
  '/checkpoints/:id',
  '/datasets',
  '/datasets/:id',
  '/workers',
] as const;
/** GraphiQL: a document of its own. */
export const EXPLORER_PATH = '/explorer';
/** The page's scripts, styles and images. */
export const PAGE_ASSETS_PATH = '/assets/:name';
