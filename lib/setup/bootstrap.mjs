/**
 * The entry point of every `npm run …`: prepares what is missing, then runs the program of the command. It
 * runs on any Node from 20 on and before anything is installed; therefore plain JavaScript without
 * dependencies.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { provideBackboneBehind } from './backbone-background.mjs'
import { alone } from './setup-lock.mjs'
import { provideNativeBehind, putNativeBack } from './native-background.mjs'
import { buildPages, generateClient } from './build.mjs'
import { runInForeground } from './child.mjs'
import { install } from './install.mjs'
import { chooseNode, environmentFor, majorOf, OLDEST_HOST, supervisorEnvironment } from './node.mjs'
import { SetupError, say, secondsSince } from './progress.mjs'

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * `runs` is the program; `help` is here where it must be available before the installation, else the
 * program answers `--help`.
 */
const COMMANDS = {
  start: {
    runs: 'lib/processes/supervisor.ts',
    pages: true,
    mode: 'production',
    help:
      'npm start\n\nInstalls missing packages, builds what is out of date, starts Darkroom and ' +
      'prints its URL.\nSettings from the environment or .env: PORT (3000), HOST (127.0.0.1), ' +
      'DATA_DIR (./data) and those in README.md.',
  },
  dev: {
    runs: 'lib/processes/supervisor.ts',
    mode: 'development',
    help:
      'npm run dev\n\nStarts Darkroom with pages that rebuild while you edit. The settings are the ' +
      'same as for npm start.',
  },
  build: {
    pages: true,
    mode: 'production',
    help:
      'node lib/setup/bootstrap.mjs build\n\nPrepares everything that npm start prepares, without ' +
      'starting.',
  },
  test: {
    runs: 'lib/checks/run.ts',
    help:
      'npm test [-- part …]\n\nRuns all checks, or the given parts: format rules dead-code e2e types lint ' +
      'unit faults e2e-measuring.\nEnds with "N passed, N failed, N skipped"; exits with 0 only if all passed.',
  },
  'test:quick': { runs: 'lib/checks/quick.ts' },
  'check:mutants': { runs: 'lib/checks/mutants.ts' },
  dataset: { runs: 'lib/commands/dataset.ts' },
  train: { runs: 'lib/commands/train.ts' },
  import: { runs: 'lib/commands/import.ts' },
  export: { runs: 'lib/commands/export.ts' },
  evaluate: { runs: 'lib/commands/evaluate.ts' },
  predict: { runs: 'lib/commands/predict.ts' },
  backbone: { runs: 'lib/commands/backbone.ts' },
  backup: { runs: 'lib/commands/backup.ts' },
  restore: { runs: 'lib/commands/restore.ts' },
  'migrate-storage': { runs: 'lib/commands/migrate-storage.ts' },
  bench: { runs: 'lib/commands/bench.ts' },
  load: { runs: 'lib/commands/load.ts', pages: true, mode: 'production' },
  'test:faults': { runs: 'lib/commands/test-faults.ts', pages: true, mode: 'production' },
  'test:hosts': { runs: 'lib/commands/test-hosts.ts', pages: true, mode: 'production' },
  'test:container': { runs: 'lib/commands/test-container.ts' },
  'test:deploy': { runs: 'lib/commands/test-deploy.ts' },
  'db:migrate': { runs: 'lib/commands/migrate.ts' },
  format: { runs: 'lib/checks/format.ts' },
  'setup:native': {
    runs: 'lib/setup/native.ts',
    help:
      'npm run setup:native [-- --force]\n\nInstalls TensorFlow for the engine tfjs-node and tests ' +
      'it on one convolution; tries again after a\nfailure. --force replaces an existing ' +
      'installation. Without it, Darkroom uses the engines onnx or wasm.',
  },
  'db:diff': {
    runs: 'lib/checks/schema.ts',
    help:
      'npm run db:diff\n\nShows differences between prisma/schema.prisma and the SQL migrations; ' +
      'exits with 2 if there are any.',
  },
}

async function main() {
  const [name = 'start', ...args] = process.argv.slice(2)
  const command = COMMANDS[name]
  if (!command)
    throw new SetupError(
      `Unknown command "${name}". Available commands: ${Object.keys(COMMANDS).join(', ')}.`,
    )
  if (command.help && (args.includes('--help') || args.includes('-h'))) return say(command.help)
  if (majorOf(process.version) < OLDEST_HOST)
    throw new SetupError(
      `Node ${process.version} is too old: Darkroom needs ${OLDEST_HOST} or newer. Install one from ` +
        'nodejs.org.',
    )

  const began = performance.now()
  const { node, env } = await prepare(command)
  if (!command.runs) return say(`Prepared in ${secondsSince(began)}.`)
  if (!existsSync(path.join(ROOT, command.runs)))
    throw new SetupError(`${command.runs} is missing: this copy of Darkroom is incomplete. Clone it again.`)
  const behind = () => {
    provideNativeBehind(ROOT, node, env)
    provideBackboneBehind(ROOT, node, env)
  }
  const onReady = name === 'start' ? behind : undefined
  const settings = path.join(ROOT, '.env')
  const flags = [
    '--disable-warning=ExperimentalWarning',
    ...(existsSync(settings) ? [`--env-file=${settings}`] : []),
  ]
  process.exitCode = await runInForeground(node, [...flags, path.join(ROOT, command.runs), ...args], {
    env: command.runs === COMMANDS.start.runs ? { ...supervisorEnvironment(ROOT), ...env } : env,
    cwd: ROOT,
    onReady,
  })
}

/** Everything that is missing or stale for this command; nothing is done twice. */
function prepare(command) {
  return alone(path.join(ROOT, '.darkroom-preparing'), async () => {
    const installed = await install(ROOT)
    const node = await chooseNode(ROOT, installed)
    const env = { ...environmentFor(ROOT, node), ...(command.mode && { NODE_ENV: command.mode }) }
    await putNativeBack(ROOT, node, env)
    await generateClient(ROOT, node, env)
    if (command.pages) await buildPages(ROOT, node, env)
    return { node, env }
  })
}

main().catch((error) => {
  say(error instanceof SetupError ? error.message : String(error?.stack ?? error))
  process.exitCode = 1
})
