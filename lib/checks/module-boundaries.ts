/**
 * The table of modules: which module may import which, and which module owns which package. It only
 * declares; layers.ts enforces the table and architecture.ts prints it. To change a row:
 * docs/architecture.md, "Changing a row".
 */

export type Module = keyof typeof MODULES

type Row = {
  /** The purpose of the module, in one line, for docs/architecture.md. */
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

/** `lib/<module>`, and the folders next to `lib`. A module may always import itself. */
export const MODULES = {
  domain: { is: 'pure rules and types: evaluation, findings, grouping, reading of sets, text', may: [] },
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
  jobs: { is: 'job queue: claim, lease, heartbeat, retry, cancel', may: ['contracts', 'domain'] },
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
    may: ['domain', 'contracts', 'queries', 'auth', 'ingest', 'serving', 'training', 'operations'],
  },
  server: {
    is: 'node:http itself: connections, limits, and the fast path',
    may: ['domain', 'contracts', 'http'],
  },
  ui: { is: 'the design system', may: ['domain'] },
  browser: {
    is: 'a version that runs in a page, and the camera; loaded only where it is used',
    may: ['domain', 'contracts', 'ml'],
  },
  processes: {
    is: 'one file per process, and folders of what composes the other modules for them',
    may: COMPOSED.filter((moduleName) => moduleName !== 'ml'),
  },
  commands: {
    is: 'one file per `npm run …`, its parts in the folder of the same name',
    may: [
      ...COMPOSED.filter((moduleName) => !['children', 'http', 'server', 'jobs'].includes(moduleName)),
      'archive',
      'processes',
    ],
  },
  setup: { is: 'installation and build', may: [] },
  checks: { is: 'these rules, and `npm test`', may: ['contracts', 'processes'] },
  app: { is: 'pages and thin route handlers', may: ['domain', 'contracts', 'auth', 'http', 'ui', 'browser'] },
  proxy: { is: '`proxy.ts`, which runs before every page', may: [] },
  e2e: {
    is: 'end-to-end tests in Chromium',
    may: ['domain', 'contracts', 'images', 'archive', 'training', 'http', 'processes', 'checks'],
  },
  config: { is: 'configuration files at the root', may: [] },
} as const satisfies Record<string, Row>

const NOT_IN_A_BROWSER: readonly Module[] = [
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

/** Packages and the modules that own them; the first matching row decides. `*` ends a prefix. */
export const PACKAGE_OWNERS: readonly (readonly [packages: readonly string[], modules: readonly Module[]])[] =
  [
    [['@prisma/*', 'prisma'], ['data']],
    [['pg'], ['data']],
    // processes: only to create the bucket of a throwaway store (throwaway-swift.ts)
    [['@aws-sdk/*'], ['data', 'processes']],
    [['node:sqlite'], ['data', 'checks']],
    [['@tensorflow/tfjs-node'], ['engines', 'setup']],
    [['@tensorflow/*'], ['engines', 'browser']],
    [['onnxruntime-*'], ['engines']],
    [['yauzl', 'yazl'], ['archive']],
    [['sharp', 'pngjs', 'libheif-js', 'libheif-js/*'], ['images']],
    [['@bufbuild/protobuf*', 'jsfive'], ['ml']],
    [['@fastify/busboy'], ['http']],
    [['next-auth*'], ['auth', 'app']],
    [['rate-limiter-flexible'], ['auth']],
    [['zod'], ['contracts', 'http']],
    [['zod-openapi*'], ['http']],
    [
      ['node:child_process', 'node:cluster'],
      // processes: only to start a second product (throwaway-product.ts); lib/children forks the child
      // processes
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
    [['qr', 'qr/*'], ['app']],
    [['pino*'], ['operations']],
    [['autocannon'], ['commands']],
    [['node-api-headers'], ['setup']],
    [['typescript'], ['checks']],
    [
      ['@playwright/test', '@axe-core/playwright'],
      // commands: only to measure a page (lib/commands/bench/images.ts)
      ['e2e', 'checks', 'config', 'commands'],
    ],
    [['eslint'], ['checks']],
    [['vitest/config', 'eslint-*', 'typescript-eslint', '@tailwindcss/postcss', 'knip'], ['config']],
    [['node:*'], NOT_IN_A_BROWSER],
  ]

/** Packages that only tests may import. */
export const TEST_PACKAGES = ['vitest'] as const

/**
 * The module of a file, by its path from the root with forward slashes; undefined for a file without rules.
 */
export function moduleOf(file: string): Module | undefined {
  const [top, second = '', ...deeper] = file.split('/')
  if (top === 'lib') return deeper.length > 0 && second in MODULES ? (second as Module) : undefined
  if (top === 'app' || top === 'e2e') return top
  if (file === 'proxy.ts') return 'proxy'
  if (file === 'instrumentation.ts') return 'app' // Next calls it when a page fails
  return second === '' && /\.(ts|mjs|js|cjs)$/.test(file) ? 'config' : undefined
}

export const isTest = (file: string): boolean => /\.(test|fakes)\.tsx?$/.test(file)
