/** Which engine trains fastest on this machine: measured once for about a second each, and remembered. The flags of a
 *  processor do not tell: of two machines without AMX, ONNX Runtime led on one and TensorFlow on the other
 *  (docs/performance.md). It opens no engine; the measurement is handed over. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { trainingRates, type TrainingRates } from '#lib/contracts/training-rates.ts'
import { parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import type { EngineName } from '#lib/domain/classifier.ts'

/** Another engine takes the place of the usual first one only when it is faster by this: one second says no more. */
const CLEARLY_FASTER = 1.1

const RATES: StoredFormats<TrainingRates> = {
  what: 'The measured speed of the training engines',
  action: 'Remove the file "cache/training-engine.json" in DATA_DIR: it is measured again.',
  formats: { 1: trainingRates },
}

export type TrainingOrderParts = {
  readonly file: string
  /** Processor, number of cores and version of the program: when it changes, engines are measured again. */
  readonly machine: string
  /** The order without a measurement. */
  readonly usual: readonly EngineName[]
  /** Of these the fastest comes first; others keep their place. Fewer than two are not measured. */
  readonly rivals: readonly EngineName[]
  /** @returns training images per second; null where the engine cannot train here */
  readonly measure: (name: EngineName) => Promise<number | null>
}

export async function trainingOrder(parts: TrainingOrderParts): Promise<readonly EngineName[]> {
  if (parts.rivals.length < 2) return parts.usual
  return orderBy((await remembered(parts)) ?? (await measured(parts)), parts.usual)
}

async function remembered({ file, machine, rivals }: TrainingOrderParts): Promise<TrainingRates | null> {
  const stored = await readFile(file, 'utf8')
    .then((text) => parseStoredText(text, RATES))
    .catch(() => null) // missing or damaged: it is measured again
  return stored?.machine === machine && rivals.every((name) => name in stored.rates) ? stored : null
}

async function measured({ file, machine, rivals, measure }: TrainingOrderParts): Promise<TrainingRates> {
  const rates: Record<string, number | null> = {}
  for (const name of rivals) rates[name] = await measure(name) // one after another: they share the cores
  const result: TrainingRates = { format: 1, machine, rates }
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(result))
  return result
}

function orderBy({ rates }: TrainingRates, usual: readonly EngineName[]): readonly EngineName[] {
  const rateOf = (name: EngineName): number => rates[name] ?? 0
  const [first] = usual
  const best = usual.reduce((a, b) => (rateOf(b) > rateOf(a) ? b : a))
  if (first === undefined || best === first || rateOf(best) < rateOf(first) * CLEARLY_FASTER) return usual
  return [best, ...usual.filter((name) => name !== best)]
}
