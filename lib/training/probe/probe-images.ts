/** The few images of a probe: the first of the run, decoded again for each network that needs another size. */
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { buildPack, type Pack, type PackSource } from '../run/data/pack.ts'

/** Images that are really processed. */
export const PROBED = 16

export type BuildProbePack = (spec: Preprocess) => Promise<string>

/** Decodes the images for a network; returns the name of their pack. */
export const probePackBuilder =
  ({
    packs,
    sources,
    maxPixels,
    signal,
  }: {
    readonly packs: string
    readonly sources: readonly PackSource[]
    readonly maxPixels: number
    readonly signal: AbortSignal
  }): BuildProbePack =>
  (spec) =>
    buildPack({ folder: packs, spec, samples: each(sources), maxPixels, onProgress: () => undefined, signal })

export async function firstOf(samples: AsyncIterable<PackSource>): Promise<readonly PackSource[]> {
  const first: PackSource[] = []
  for await (const sample of samples) {
    first.push(sample)
    if (first.length === PROBED) break
  }
  return first
}

/** All images of the pack, regardless of the requested part. */
export function everySplit(pack: Pack): Pack {
  return {
    index: pack.index,
    set(_split, classes) {
      const sets = (['train', 'validation', 'test'] as const).map((split) => pack.set(split, classes))
      const all = sets.flatMap((set) =>
        set.hashes.map((hash, i) => ({ set, i, hash, label: set.labels[i]! })),
      )
      return {
        count: all.length,
        hashes: all.map(({ hash }) => hash),
        labels: Int32Array.from(all, ({ label }) => label),
        targets: null,
        read: (index, out, offset) => all[index]!.set.read(all[index]!.i, out, offset),
      }
    },
    [Symbol.dispose]: () => pack[Symbol.dispose](),
  }
}

async function* each(sources: readonly PackSource[]): AsyncGenerator<PackSource> {
  yield* sources
}
