/** The environment and flags of every child of the supervisor, next to its own settings. */
import path from 'node:path'
import { settings } from '#lib/contracts/settings.ts'
import { SMALL_PIECES } from '#lib/operations/memory-limits.ts'
import { ROOT } from '../settings.ts'

export const CHILD_FLAGS = ['--disable-warning=ExperimentalWarning']
/** The same heap limits as its parent's. */
export const inheritedFlags = (): string[] => [
  ...CHILD_FLAGS,
  ...process.execArgv.filter((flag) => flag.startsWith('--max-') || flag === '--expose-gc'),
]
/** Node keeps compiled code there: it saves a third of a start's processor time. */
const COMPILED = path.join(ROOT, 'node_modules', '.cache', 'darkroom-compiled')

/** For the supervisor itself, where it is not started by lib/setup/bootstrap.mjs, which sets the same. */
export const supervisorEnvironment = (): Readonly<Record<string, string>> => ({
  NODE_COMPILE_CACHE: COMPILED,
  ...SMALL_PIECES,
})

/**
 * Two heaps of the C library instead of eight per core: after 20,000 predictions a web process took 278 MB
 * instead of 316. Next must treat .env as already read: we were started with it, and it would restore empty
 * settings.
 */
export const childEnvironment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv =>
  withoutEmptySettings({
    NODE_COMPILE_CACHE: COMPILED,
    MALLOC_ARENA_MAX: '2',
    __NEXT_PROCESSED_ENV: 'true',
    ...process.env,
    ...more,
  })

/**
 * For children that compute with TensorFlow: the intended number of threads, and no log lines about
 * processor features.
 */
export const engineEnvironment = (threads: number): NodeJS.ProcessEnv => ({
  TF_CPP_MIN_LOG_LEVEL: '2',
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: '1',
  ...process.env,
})

/**
 * An empty setting counts as absent. We read it so; next-auth takes `NEXTAUTH_URL=` for an address and
 * fails on each page.
 */
export const withoutEmptySettings = ({ NODE_ENV, ...others }: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  NODE_ENV,
  ...Object.fromEntries(
    Object.entries(others).filter(([name, value]) => value !== '' || !(name in settings.shape)),
  ),
})
