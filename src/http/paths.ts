/** The addresses of the service. */

export const GRAPHQL_PATH = '/graphql';
export const UPLOAD_PATH = '/checkpoints/upload';
export const HEALTH_PATHS = { live: '/health/live', ready: '/health/ready' } as const;
export const METRICS_PATH = '/metrics';
