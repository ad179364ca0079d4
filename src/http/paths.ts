/** The addresses of the service. */

export const GRAPHQL_PATH = '/graphql';
export const UPLOAD_PATH = '/checkpoints/upload';
export const IMAGE_PATH = '/datasets/:digest/:split/images/:file';
export const HEALTH_PATHS = { live: '/health/live', ready: '/health/ready' } as const;
