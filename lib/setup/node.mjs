/**
 * Finds the Node that the product runs on: the pinned one from npm, else a recent one of the host. It does
 * not install it; `npm ci` does, as an optional dependency of this platform.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { runToEnd } from './child.mjs'
import { SetupError } from './progress.mjs'

export const OLDEST_HOST = 20 // for this program's own syntax and `npm ci`
const OLDEST_FOR_US = 24 // strips TypeScript types, has node:sqlite
const PLATFORM_NAMES = { win32: 'win', linux: 'linux', darwin: 'darwin' }

/** @param {string} root @returns {string} where the pinned Node of this platform would be */
export function pinnedNode(root) {
  const folder = `node-${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`
  return path.join(root, 'node_modules', folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/**
 * The executable to run everything with.
 * @param {string} root @param {boolean} check run it once, to see whether this machine can (musl cannot run
 * the pinned one)
 */
export async function chooseNode(root, check) {
  const pinned = pinnedNode(root)
  if (existsSync(pinned) && (!check || (await runToEnd(pinned, ['--version'])).code === 0)) return pinned
  if (majorOf(process.version) >= OLDEST_FOR_US) return process.execPath
  throw new SetupError(
    `This machine has Node ${process.version} and npm has no Node ${OLDEST_FOR_US} for ` +
      `${process.platform}-${process.arch}. ` +
      `Install Node ${OLDEST_FOR_US} or newer from nodejs.org and start again.`,
  )
}

/**
 * The environment in which that Node and the installed programs come first. TensorFlow is quiet about the
 * CPU and still prints errors.
 * @param {string} root @param {string} node @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(root, node) {
  const key = Object.keys(process.env).find((name) => name.toLowerCase() === 'path') ?? 'PATH'
  const folders = [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env[key] ?? '']
  return {
    ...process.env,
    [key]: folders.join(path.delimiter),
    NEXT_TELEMETRY_DISABLED: '1',
    CHECKPOINT_DISABLE: '1',
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
  }
}

/**
 * What the supervisor must have from its first moment on: compiled code, which also spares it the program that strips
 * types, and one heap of the C library. It takes 21 MB instead of 40, and a third less processor time (2026-11-30).
 * Its children get the same from lib/processes/start/environment.ts; Dockerfile has these too.
 * @param {string} root @returns {Record<string, string>}
 */
export const supervisorEnvironment = (root) => ({
  NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'darkroom-compiled'),
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '65536',
})

/** @param {string} version such as `v24.21.0` */
export const majorOf = (version) => Number(version.replace(/^v/, '').split('.')[0])
