/** Near-copies among decoded images, by the fingerprints of their squares: for images whose groups are not stored. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Link } from '#lib/domain/grouping/groups.ts'
import { copyLinks, fingerprintOf } from '#lib/domain/grouping/near-copies.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { squareBytes } from '#lib/ml/preprocess/preprocess.ts'

const YIELD_EVERY = 64

/** Compares every pair. */
export async function linksByPixels(
  training: SampleSet,
  spec: Preprocess,
  signal: AbortSignal,
): Promise<readonly Link[]> {
  const square = new Uint8Array(squareBytes(spec))
  const prints: Uint8Array[] = []
  for (let i = 0; i < training.count; i++) {
    training.read(i, square, 0)
    prints.push(fingerprintOf({ width: spec.size, height: spec.size, data: inColour(square, spec.channels) }))
    if (i % YIELD_EVERY === 0) await nextTurn(signal)
  }
  const links: Link[] = []
  let compared = 0
  for (const found of copyLinks(prints)) {
    links.push(...found)
    if (compared++ % YIELD_EVERY === 0) await nextTurn(signal)
  }
  return links
}

/** Lets a request to cancel arrive. */
async function nextTurn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  signal.throwIfAborted()
}

const inColour = (square: Uint8Array, channels: 1 | 3): Uint8Array =>
  channels === 3
    ? square
    : Uint8Array.from({ length: square.length * 3 }, (_, i) => square[Math.floor(i / 3)]!)
