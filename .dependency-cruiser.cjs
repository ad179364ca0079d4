/**
 * The house's one-way imports: each room may look only at the rooms named behind it.
 * `npm run check:imports` holds the code against this table.
 */
const ROOMS = {
  metrics: [],
  pagination: [],
  markdown: [],
  threads: [],
  config: ['metrics'],
  auth: ['database'],
  datasets: ['config', 'database'],
  dvc: ['datasets'],
  checkpoints: ['pagination', 'database', 'datasets'],
  inference: ['threads', 'metrics', 'datasets', 'checkpoints'],
  conversion: ['datasets', 'checkpoints', 'inference'],
  store: ['datasets', 'checkpoints'],
  training: ['metrics', 'config', 'datasets', 'checkpoints', 'inference'],
  queue: [],
  telemetry: [],
  database: ['config'],
  evaluations: [
    'threads',
    'metrics',
    'pagination',
    'config',
    'datasets',
    'checkpoints',
    'inference',
    'queue',
    'database',
    'telemetry',
  ],
  analysis: [
    'threads',
    'metrics',
    'pagination',
    'datasets',
    'checkpoints',
    'evaluations',
    'database',
  ],
  gate: ['metrics', 'markdown', 'datasets', 'checkpoints', 'evaluations', 'analysis'],
  exports: [
    'metrics',
    'markdown',
    'pagination',
    'datasets',
    'checkpoints',
    'evaluations',
    'analysis',
  ],
  graphql: ['auth', 'database', 'datasets', 'checkpoints', 'evaluations', 'analysis', 'gate'],
  http: ['auth', 'graphql', 'telemetry'],
  doctor: [
    'config',
    'database',
    'auth',
    'datasets',
    'checkpoints',
    'inference',
    'evaluations',
    'http',
    'telemetry',
  ],
  cli: [
    'doctor',
    'metrics',
    'config',
    'database',
    'auth',
    'datasets',
    'dvc',
    'checkpoints',
    'inference',
    'conversion',
    'training',
    'evaluations',
    'analysis',
    'gate',
    'exports',
    'graphql',
    'http',
    'telemetry',
    'store',
  ],
};

/** The page's own rooms: these serve all the others, which do not know each other. */
const PAGE_SHARED = {
  client: ['gql'],
  router: [],
  ui: ['client', 'router'],
  live: ['gql', 'client', 'router', 'ui'],
  charts: ['ui'],
};

/** Files at the root of src that any room may import. */
const SHARED = ['errors', 'graphql-args', 'uuid'];
/** The terminal starts the house, so it alone may look at what puts the house together. */
const COMPOSITION = ['app', 'services', 'entities'];

const allowedFrom = (room, rooms) => {
  const files = room === 'cli' ? [...SHARED, ...COMPOSITION] : SHARED;
  return `^src/((${files.join('|')})\\.ts|(${[room, ...rooms].join('|')})/)`;
};

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'two files that need each other are one file, or a third one is missing',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'runtimes-in-their-adapter',
      comment: 'onnxruntime and tfjs are native and heavy: their adapters alone import them',
      severity: 'error',
      from: { pathNot: '^src/(inference/(onnx|tfjs)|training)/' },
      to: { path: 'node_modules/(onnxruntime-node|@tensorflow)' },
    },
    {
      name: 'page-apart',
      comment: 'the page talks to the service by GraphQL only',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^(src|migrations)/', pathNot: '^src/dashboard/' },
    },
    {
      name: 'page-not-in-service',
      severity: 'error',
      from: { path: '^(src|migrations)/', pathNot: '^src/dashboard/' },
      to: { path: '^src/dashboard/' },
    },
    ...Object.entries(PAGE_SHARED).map(([room, allowed]) => ({
      name: `page-one-way-${room}`,
      severity: 'error',
      from: { path: `^src/dashboard/${room}/` },
      to: {
        path: '^src/dashboard/',
        pathNot: `^src/dashboard/(${[room, ...allowed].join('|')})/`,
      },
    })),
    {
      name: 'page-rooms-apart',
      comment: 'what two rooms of the page need is in ui or charts',
      severity: 'error',
      from: {
        path: `^src/dashboard/(?!${[...Object.keys(PAGE_SHARED), 'app', 'build'].join('|')})([^/]+)/`,
      },
      to: {
        path: '^src/dashboard/[^/]+/',
        pathNot: `^src/dashboard/(gql|styles|$1|${Object.keys(PAGE_SHARED).join('|')})/`,
      },
    },
    ...Object.entries(ROOMS).map(([room, allowed]) => ({
      name: `one-way-${room}`,
      comment: `src/${room} may import from ${[...SHARED, ...allowed].join(', ')} only`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: '^src/',
        pathNot: allowedFrom(room, allowed),
      },
    })),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
