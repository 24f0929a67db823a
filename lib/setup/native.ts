/**
 * Provides TensorFlow for the engine tfjs-node: builds it in .native/, links it into node_modules, tests
 * it, and remembers the outcome. Serving does not need it: without it the engines onnx and wasm answer. No
 * module imports this file; engines use the link.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { take } from './setup-lock.mjs'
import { runToEnd } from './child.mjs'
import { fromOwnInstaller, fromWheel, SourceUnavailable, type NativePlaces } from './native-sources.ts'
import { say, step } from './progress.mjs'

const SECONDS_TO_PROVE = 120 // the first load maps 600 MB from disk

export type NativeState =
  | { kind: 'ready'; way: string; tensorflow: string; at: string }
  | { kind: 'unavailable'; reason: string; at: string }
  | { kind: 'untried' }

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const native = path.join(root, '.native')
const places: NativePlaces = {
  root,
  addOn: path.join(root, 'node_modules/@tensorflow/tfjs-node'),
  installed: path.join(native, 'tensorflow'),
  building: path.join(native, 'making'),
}
const stampFile = path.join(native, 'stamp.json')
const holderFile = path.join(native, 'providing')

/** The outcome of the last attempt, if it is still valid: a deleted library is not an engine. */
export function nativeState(): NativeState {
  if (!existsSync(stampFile)) return { kind: 'untried' }
  const stamp: unknown = JSON.parse(readFileSync(stampFile, 'utf8'))
  if (!isNativeState(stamp)) return { kind: 'untried' }
  return stamp.kind === 'ready' && !existsSync(path.join(places.installed, 'lib/napi-v8/tfjs_binding.node'))
    ? { kind: 'untried' }
    : stamp
}

/** A stamp of another version of this program does not count: the engine is tried again. */
function isNativeState(value: unknown): value is NativeState {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false
  const hasTexts = (...names: string[]): boolean =>
    names.every((name) => typeof Reflect.get(value, name) === 'string')
  switch (value.kind) {
    case 'ready':
      return hasTexts('way', 'tensorflow', 'at')
    case 'unavailable':
      return hasTexts('reason', 'at')
    default:
      return value.kind === 'untried'
  }
}

export const hasNativeEngine = (): boolean =>
  nativeState().kind === 'ready' && existsSync(path.join(places.addOn, 'lib/napi-v8/tfjs_binding.node'))

/** Tries the ways in order and uses the first that passes the test. */
export async function provideNative(): Promise<NativeState> {
  const reasons: string[] = []
  for (const way of [fromOwnInstaller, fromWheel]) {
    try {
      discard()
      mkdirSync(places.building, { recursive: true })
      const { name, tensorflow } = await way(places)
      renameSync(places.building, places.installed)
      link()
      await step('test it on one convolution', prove)
      return remember({ kind: 'ready', way: name, tensorflow, at: new Date().toISOString() })
    } catch (error) {
      discard()
      if (!(error instanceof SourceUnavailable)) throw error
      say(`✗ ${error.message}`)
      reasons.push(error.message)
    }
  }
  return remember({ kind: 'unavailable', reason: reasons.join(' '), at: new Date().toISOString() })
}

/**
 * Links an installed engine to the place where tfjs-node looks for it; a fresh node_modules has lost the
 * link.
 */
export function link(): void {
  for (const folder of ['lib', 'deps']) {
    const place = path.join(places.addOn, folder)
    rmSync(place, { recursive: true, force: true })
    if (existsSync(path.join(places.installed, folder)))
      symlinkSync(path.join(places.installed, folder), place, 'junction') // a junction needs no privilege on Windows
  }
}

async function prove(): Promise<void> {
  const proof = path.join(root, 'lib/setup/native-proof.ts')
  const { code, output } = await runToEnd(process.execPath, [proof], {
    cwd: root,
    timeout: SECONDS_TO_PROVE * 1000,
  })
  if (code !== 0)
    throw new SourceUnavailable(
      `TensorFlow was installed but does not work here: ${output.trim().split('\n').at(-1)}.`,
    )
}

function discard(): void {
  for (const folder of [
    places.installed,
    places.building,
    path.join(places.addOn, 'lib'),
    path.join(places.addOn, 'deps'),
  ]) {
    rmSync(folder, { recursive: true, force: true })
  }
}

function remember(state: NativeState): NativeState {
  writeFileSync(stampFile, `${JSON.stringify(state, null, 2)}\n`)
  return state
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--link')) {
    link()
    return 0
  }
  mkdirSync(native, { recursive: true })
  if (hasNativeEngine() && !args.includes('--force')) {
    say('The native engine is already installed; --force replaces it.')
    return 0
  }
  if (!take(holderFile) && !take(holderFile)) {
    say('Another process is installing the native engine; see .native/setup.log.')
    return 1
  }
  try {
    const state = await provideNative()
    if (state.kind !== 'ready') {
      say(
        'The native engine (tfjs-node) is not available on this machine; the engines onnx and wasm ' +
          'are used instead.',
      )
      return 1
    }
    say(`The native engine is ready: TensorFlow ${state.tensorflow}, ${state.way}.`)
    return 0
  } finally {
    rmSync(holderFile, { force: true })
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
