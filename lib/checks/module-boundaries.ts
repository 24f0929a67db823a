/** The table of the house: which room may import which, and which outside packages come in by which door. It
 *  only states; layers.ts enforces it and architecture.ts prints it. To change a row: docs/architecture.md,
 *  "Changing a row". */

export type Room = keyof typeof ROOMS

type Row = {
  /** What the room is, in one line, for docs/architecture.md. */
  readonly is: string
  readonly may: readonly string[]
}

const USE_CASES = ['auth', 'ingest', 'jobs', 'serving', 'training', 'operations'] as const
const COMPOSED = [
  'domain',
  'contracts',
  'ml',
  'engines',
  'images',
  'data',
  'queries',
  'children',
  'inference',
  ...USE_CASES,
  'http',
  'server',
] as const

/** `lib/<room>`, and what stands beside `lib`. A room always may import itself. */
export const ROOMS = {
  domain: { is: 'pure rules and types', may: [] },
  contracts: { is: 'schemas of routes, files, messages and settings', may: ['domain'] },
  ml: {
    is: 'machine learning: preprocessing, layers, losses, optimisers, the training loop',
    may: ['domain', 'contracts'],
  },
  engines: { is: 'tfjs-node, wasm and onnx behind one interface', may: ['domain', 'ml'] },
  images: { is: 'from untrusted bytes to pixels', may: ['domain', 'contracts'] },
  archive: { is: 'safe reading and writing of ZIP archives', may: ['domain'] },
  data: { is: 'database rows and content-hashed files as domain values', may: ['domain', 'contracts'] },
  queries: {
    is: 'reads for pages and API responses: filters, lists, counts',
    may: ['domain', 'contracts', 'data'],
  },
  jobs: { is: 'job queue: claim, lease, heartbeat, retry, cancel', may: ['domain'] },
  auth: {
    is: 'users, keys, scopes, sessions, rate limits',
    may: ['domain', 'contracts', 'data'],
  },
  ingest: {
    is: 'from an upload to samples and a report',
    may: ['domain', 'contracts', 'ml', 'images', 'archive', 'data'],
  },
  children: { is: 'forking, restarting and stopping child processes', may: ['domain'] },
  inference: {
    is: 'the inference process: from images to logits',
    may: ['domain', 'contracts', 'ml', 'images', 'engines'],
  },
  serving: {
    is: 'from an image to a prediction',
    may: ['domain', 'contracts', 'ml', 'archive', 'data'],
  },
  training: {
    is: 'from a training request to an evaluated version',
    may: ['domain', 'contracts', 'ml', 'images', 'archive', 'data'],
  },
  operations: { is: 'health, logs, metrics, backups, settings', may: ['domain', 'contracts', 'data'] },
  http: {
    is: 'HTTP handlers for contracts and use cases',
    may: ['domain', 'contracts', 'queries', 'auth', 'ingest', 'training', 'operations'],
  },
  server: {
    is: 'node:http itself: connections, limits, and the fast path',
    may: ['domain', 'contracts', 'http'],
  },
  ui: { is: 'the design system', may: ['domain'] },
  processes: {
    is: 'one file per process; the only module that composes the others',
    may: COMPOSED.filter((room) => room !== 'ml'),
  },
  commands: {
    is: 'one file per `npm run …`',
    may: [
      ...COMPOSED.filter((room) => !['children', 'http', 'server', 'jobs'].includes(room)),
      'archive',
      'processes',
    ],
  },
  setup: { is: 'installation and build', may: [] },
  checks: { is: 'these rules, and `npm test`', may: ['contracts', 'processes'] },
  app: { is: 'pages and thin route handlers', may: ['domain', 'contracts', 'auth', 'http', 'ui'] },
  proxy: { is: '`proxy.ts`, which runs before every page', may: [] },
  e2e: {
    is: 'end-to-end tests in Chromium',
    may: ['domain', 'contracts', 'images', 'archive', 'training', 'http', 'processes', 'checks'],
  },
  config: { is: 'configuration files at the root', may: [] },
} as const satisfies Record<string, Row>

const NOT_IN_A_BROWSER: readonly Room[] = [
  'engines',
  'images',
  'archive',
  'data',
  'queries',
  'jobs',
  'auth',
  'ingest',
  'children',
  'inference',
  'serving',
  'training',
  'operations',
  'http',
  'server',
  'processes',
  'commands',
  'setup',
  'checks',
  'app',
  'e2e',
  'config',
  'ml',
  'proxy',
]

/** Outside packages and the rooms whose doors they come in by; the first row that fits decides. `*` ends a
 *  prefix. */
export const DOORS: readonly (readonly [packages: readonly string[], rooms: readonly Room[]])[] = [
  [['@prisma/*', 'prisma'], ['data']],
  [['node:sqlite'], ['data', 'checks']],
  [['@tensorflow/tfjs-node'], ['engines', 'setup']],
  [['@tensorflow/*', 'onnxruntime-*'], ['engines']],
  [['yauzl', 'yazl'], ['archive']],
  [['sharp', 'pngjs'], ['images']],
  [['@bufbuild/protobuf*', 'jsfive'], ['ml']],
  [['@fastify/busboy'], ['http']],
  [['next-auth*'], ['auth', 'app']],
  [['rate-limiter-flexible'], ['auth']],
  [['zod'], ['contracts', 'http']],
  [['zod-openapi*'], ['http']],
  [
    ['node:child_process', 'node:cluster'],
    // processes: only to start the whole product again (throwaway-product.ts); children are forked by lib/children
    ['children', 'processes', 'commands', 'setup', 'checks', 'e2e'],
  ],
  [
    ['next', 'next/*'],
    ['app', 'auth', 'processes', 'proxy'],
  ],
  [
    ['react', 'react/*', 'react-dom*'],
    ['app', 'ui'],
  ],
  [['chart.js*', 'react-chartjs-2'], ['ui']],
  [['pino*'], ['operations']],
  [['autocannon'], ['commands']],
  [['node-api-headers'], ['setup']],
  [['typescript'], ['checks']],
  [
    ['@playwright/test', '@axe-core/playwright'],
    ['e2e', 'checks', 'config'],
  ],
  [['vitest/node'], ['checks']],
  [['vitest/config', 'eslint*', 'typescript-eslint', '@tailwindcss/postcss', 'knip'], ['config']],
  [['node:*'], NOT_IN_A_BROWSER],
]

/** What only a test may import. */
export const TEST_PACKAGES = ['vitest'] as const

/** The room of a file, by its path from the root with forward slashes; undefined for what no law covers. */
export function roomOf(file: string): Room | undefined {
  const [top, second = '', ...deeper] = file.split('/')
  if (top === 'lib') return deeper.length > 0 && second in ROOMS ? (second as Room) : undefined
  if (top === 'app' || top === 'e2e') return top
  if (file === 'proxy.ts') return 'proxy'
  if (file === 'instrumentation.ts') return 'app' // what Next calls when a page fails
  return second === '' && /\.(ts|mjs|js|cjs)$/.test(file) ? 'config' : undefined
}

export const isTest = (file: string): boolean => /\.(test|fakes)\.tsx?$/.test(file)
