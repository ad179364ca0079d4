/** The addresses of the service. */

export const GRAPHQL_PATH = '/graphql';
export const UPLOAD_PATH = '/checkpoints/upload';
/** As src/store/store-paths.ts says, which workers read. */
export const STORE_PATHS = {
  store: '/store',
  checkpoint: '/store/checkpoints/:digest',
  checkpointFile: '/store/checkpoints/:digest/:sha256',
  split: '/store/splits/:digest',
} as const;
export const HEALTH_PATHS = { live: '/health/live', ready: '/health/ready' } as const;
