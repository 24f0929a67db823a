/**
 * A child of mutants.ts: runs the tests of one source once per mutation of it and reports whether a test
 * failed. Only modules that depend on the source are loaded again; the source on the disk is never changed.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { mutated, mutationsOf } from './mutations.ts'
import { ROOT } from './sources.ts'
import { takeTests, type CollectedTest } from './test-collector.ts'

export type MutantMessage =
  | { readonly kind: 'ready'; readonly durationMs: number }
  | { readonly kind: 'result'; readonly index: number; readonly isKilled: boolean }

/** The last ones are all files that depend on the source, the tests among them. */
const [file = '', from = '0', ...dependents] = process.argv.slice(2)
const COLLECTOR = pathToFileURL(path.join(import.meta.dirname, 'test-collector.ts')).href
const place = path.join(ROOT, file)
const text = readFileSync(place, 'utf8')
const mutations = mutationsOf(file, text)
const tests = dependents.filter((one) => one.endsWith('.test.ts'))
const loadedAgain = new Set([file, ...dependents].map((one) => path.join(ROOT, one)))
const send = (message: MutantMessage): unknown => process.send?.(message)

/** Each number gets modules of its own: −1 the unchanged source, the others the source with that mutation. */
const addressOf = (source: string, index: number): string => `${pathToFileURL(source).href}?change=${index}`
let now = -1

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === 'vitest' && context.parentURL !== COLLECTOR)
      return { url: COLLECTOR, shortCircuit: true }
    const found = next(specifier, context)
    if (!found.url.startsWith('file:')) return found
    const source = fileURLToPath(found.url)
    return loadedAgain.has(source) ? { ...found, url: addressOf(source, now) } : found
  },
  load: (url, context, next) => {
    const mutation = mutations[now]
    if (!mutation || url !== addressOf(place, now)) return next(url, context)
    return { format: 'module-typescript', source: mutated(text, mutation), shortCircuit: true }
  },
})

async function loadTests(index: number): Promise<readonly CollectedTest[]> {
  now = index
  takeTests()
  for (const one of tests) await import(addressOf(path.join(ROOT, one), index))
  return takeTests()
}

/** Positions of the tests, the quickest first: most changes are detected by a quick one. */
async function quickestFirst(): Promise<readonly number[]> {
  const durations: number[] = []
  for (const run of await loadTests(-1)) {
    const start = performance.now()
    await run()
    durations.push(performance.now() - start)
  }
  return [...durations.keys()].toSorted((a, b) => durations[a]! - durations[b]!)
}

async function isKilled(index: number, order: readonly number[]): Promise<boolean> {
  try {
    const all = await loadTests(index)
    for (const at of order) await all[at]!()
    return false
  } catch {
    return true
  }
}

try {
  const start = performance.now()
  const order = await quickestFirst()
  if (order.length === 0) throw new Error('there is none')
  send({ kind: 'ready', durationMs: performance.now() - start })
  for (let index = Number(from); index < mutations.length; index++)
    send({ kind: 'result', index, isKilled: await isKilled(index, order) })
} catch (error) {
  process.stderr.write(
    `The tests of ${file} do not pass without a change (${tests.join(', ')}): ${String(error)}\n`,
  )
  process.exitCode = 1
}
process.disconnect?.()
