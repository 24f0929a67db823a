/** What every child of the supervisor is started with, beside its own settings. */
import path from 'node:path'
import { ROOT } from './settings.ts'

export const CHILD_FLAGS = ['--disable-warning=ExperimentalWarning']
/** Node keeps what it compiled: a third of a start's processor time. */
const COMPILED = path.join(ROOT, 'node_modules', '.cache', 'darkroom-compiled')

/** Two heaps of the C library instead of eight a core: after 20,000 predictions a web process took 278 MB instead of 316. */
export const childEnvironment = (more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({ NODE_COMPILE_CACHE: COMPILED, MALLOC_ARENA_MAX: '2', ...process.env, ...more })
