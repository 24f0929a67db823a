/** The data set `shapes`: images made by code, the same on every machine, so that a new installation has a
 *  classifier with all its images. The drawing itself is in lib/domain/drawn-shapes.ts. */
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { inTurns } from './yield-to-event-loop.ts'
import type { Dataset, LabelledImage } from './labelled-image.ts'

export type ShapeCounts = { readonly train: number; readonly test: number }

export const SHAPE_COUNTS: ShapeCounts = { train: 400, test: 200 }

/** Separate seeds, so that no image of one split is in the other. */
const FIRST_SEED = { train: 1_000_000, test: 2_000_000 } as const

export function openShapes(counts: ShapeCounts = SHAPE_COUNTS, signal?: AbortSignal): Dataset {
  return {
    classes: SHAPES,
    count: (counts.train + counts.test) * SHAPES.length,
    images: inTurns(shapesOf(counts), signal),
  }
}

function* shapesOf(counts: ShapeCounts): Generator<LabelledImage> {
  for (const split of ['train', 'test'] as const) {
    for (let i = 0; i < counts[split]; i++) {
      for (const label of SHAPES) {
        yield {
          label,
          split,
          path: `${split}/${label}/${i}.png`,
          bytes: encodePng(drawShape(label, FIRST_SEED[split] + i)),
        }
      }
    }
  }
}
