/**
 * The house's one-way imports: each room may look only at the rooms named behind it.
 * `npm run check:imports` holds the code against this table.
 */
const ROOMS = {
  metrics: [],
  config: [],
  auth: ['database'],
  datasets: ['config', 'database'],
  dvc: ['datasets'],
  checkpoints: ['database', 'datasets'],
  inference: ['metrics', 'datasets', 'checkpoints'],
  conversion: ['datasets', 'checkpoints', 'inference'],
  store: ['datasets', 'checkpoints'],
  training: ['metrics', 'config', 'datasets', 'checkpoints', 'inference'],
  queue: [],
  database: ['config'],
  evaluations: ['metrics', 'config', 'datasets', 'checkpoints', 'inference', 'queue', 'database'],
  graphql: ['auth', 'database', 'datasets', 'checkpoints', 'evaluations'],
  http: ['auth', 'graphql'],
  cli: [
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
    'graphql',
    'http',
    'store',
  ],
};

/** Files at the root of src that any room may import. */
const SHARED = ['errors', 'graphql-args'];
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
