/** Opens the requested engine, or the best one that opens and passes its self-test; states why others were
 *  skipped. The libraries of the engines are loaded only here, and only on demand. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { EngineName } from '#lib/domain/classifier.ts'
import { messageOf } from '#lib/domain/errors.ts'
import type { Engine, Probe, Purpose } from './engine.ts'

const require = createRequire(import.meta.url)

export type EngineHandle = {
  readonly engine: Engine
  /** Why preferred engines, if any, were skipped. */ readonly skipped: readonly string[]
}

export type OpenOptions = {
  readonly threads?: number
  /** The order that `auto` tries; absent: `orderFor`. */
  readonly order?: readonly EngineName[]
}

/** With `auto`, the first in the order that opens and passes its self-test; by name, that one or the reason why not. */
export async function openEngine(
  requested: EngineName | 'auto',
  purpose: Purpose,
  options: OpenOptions = {},
): Promise<Engine> {
  return (await openWithReasons(requested, purpose, options)).engine
}

export async function openWithReasons(
  requested: EngineName | 'auto',
  purpose: Purpose,
  options: OpenOptions = {},
): Promise<EngineHandle> {
  const skipped: string[] = []
  for (const name of requested === 'auto' ? (options.order ?? orderFor(purpose)) : [requested]) {
    for (const open of waysToOpen(name, purpose, options)) {
      let engine: Engine | undefined
      try {
        engine = await open()
        const { prove } = await import('./self-test.ts')
        await prove(engine, purpose)
        return { engine, skipped }
      } catch (error) {
        await engine?.[Symbol.asyncDispose]()
        skipped.push(`${engine?.detail ?? name}: ${messageOf(error)}`)
      }
    }
  }
  throw new Error(`No engine for ${purpose} can be opened. ${skipped.join('. ')}`)
}

/** Which engines could be opened, judged by their files: nothing is loaded. */
export function probeEngines(): readonly Probe[] {
  return [probeOrt('onnx', 'onnxruntime-node'), probeTfjsNode(), probeOrt('wasm', 'onnxruntime-web')]
}

/** The order of attempts without a measurement (lib/training/probe/training-order.ts): TensorFlow is likely to train
 *  faster than ONNX Runtime when the CPU multiplies bfloat16 tiles (AMX). */
export function orderFor(purpose: Purpose): readonly EngineName[] {
  if (purpose === 'inference') return ['onnx', 'tfjs-node', 'wasm']
  return hasAmx() ? ['tfjs-node', 'onnx', 'wasm'] : ['onnx', 'tfjs-node', 'wasm']
}

export const hasAmx = (): boolean => /\bamx_bf16\b/.test(processorFlags())

/** AMX in tiles, AVX-512 in pairs: either multiplies bfloat16 faster than float32. */
const hasBfloat16 = (): boolean => hasAmx() || /\bavx512_bf16\b/.test(processorFlags())

const processorFlags = (): string =>
  existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : ''

/** Best first. ONNX Runtime trains in its blocked layout when that passes the self-test, and in the standard one
 *  otherwise. */
function waysToOpen(
  name: EngineName,
  purpose: Purpose,
  { threads }: { readonly threads?: number },
): readonly (() => Promise<Engine>)[] {
  const probe = probeEngines().find((candidate) => candidate.name === name)
  if (!probe?.available) return [() => Promise.reject(new Error(probe?.detail ?? 'unknown'))]
  if (name === 'tfjs-node')
    return [
      async () =>
        (await import('./tfjs-node/tensorflow-engine.ts')).createTensorFlowEngine({
          fastBfloat16: hasBfloat16(),
        }),
    ]
  const standard = async (): Promise<Engine> => {
    const { loadOrt } = await import('./ort/library.ts')
    const { createOrtEngine } = await import('./ort/ort-engine.ts')
    return createOrtEngine(await loadOrt(name, threads === undefined ? {} : { threads }))
  }
  const blocked = async (): Promise<Engine> => {
    const { loadOrt } = await import('./ort/library.ts')
    const { createOrtEngine } = await import('./ort/ort-engine.ts')
    const { blockedWriting, probeBlock } = await import('./ort/blocked-layout.ts')
    const library = await loadOrt(name, threads === undefined ? {} : { threads })
    const block = await probeBlock(library)
    if (block === null) throw new Error('this ONNX Runtime has no blocked layout')
    return createOrtEngine(library, { writing: blockedWriting(block), layout: `blocks of ${block}` })
  }
  return name === 'onnx' && purpose === 'training' ? [blocked, standard] : [standard]
}

/** By the folders, because not every package lets its package.json be resolved. */
function folderOf(packageName: string): string | null {
  const places = (require.resolve.paths(packageName) ?? []).map((place) => path.join(place, packageName))
  return places.find((place) => existsSync(path.join(place, 'package.json'))) ?? null
}

function probeOrt(name: 'onnx' | 'wasm', packageName: string): Probe {
  const folder = folderOf(packageName)
  if (folder === null) return { name, available: false, detail: `${packageName} is not installed` }
  const binary =
    name === 'onnx'
      ? path.join(folder, 'bin/napi-v6', process.platform, process.arch, 'onnxruntime_binding.node')
      : path.join(folder, 'dist/ort-wasm-simd-threaded.wasm')
  return existsSync(binary)
    ? { name, available: true, detail: packageName }
    : {
        name,
        available: false,
        detail: `${packageName} has no binary for ${process.platform} on ${process.arch}`,
      }
}

function probeTfjsNode(): Probe {
  const folder = folderOf('@tensorflow/tfjs-node')
  const isThere = folder !== null && existsSync(path.join(folder, 'lib/napi-v8/tfjs_binding.node'))
  return {
    name: 'tfjs-node',
    available: isThere,
    detail: isThere
      ? '@tensorflow/tfjs-node'
      : 'TensorFlow is not installed (npm run setup:native provides it)',
  }
}
