/** The colours of the map: by class, set or problem. */
import { FINDING_TEXTS } from '../../findings/_components/finding-texts.ts'
import type { MapImage } from './map-geometry.ts'

export const COLOUR_BY = ['class', 'set', 'problem'] as const
export type ColourBy = (typeof COLOUR_BY)[number]

/** Of the tokens `--series-1` to `--series-8`; −1: muted. */
export const SERIES = 8
const SPLITS = ['train', 'validation', 'test'] as const
const SPLIT_NAMES = { train: 'Training set', validation: 'Validation set', test: 'Test set' } as const

export type Legend = readonly { readonly name: string; readonly colour: number; readonly count: number }[]

type ColourName = { readonly name: string; readonly colour: number }
const NO_LABEL: ColourName = { name: 'Without a label', colour: -1 }
const NO_PROBLEM: ColourName = { name: 'No problem', colour: -1 }

/** Colours are given in the order of the classes, sets and problems that occur. Beyond eight they recur. */
export function colouredBy(
  by: ColourBy,
  points: readonly MapImage[],
  classes: readonly string[],
): { readonly of: (point: MapImage) => number; readonly legend: Legend } {
  const kinds = [...new Set(points.flatMap(({ finding }) => finding ?? []))].toSorted()
  const nameOf = (point: MapImage): ColourName => {
    if (by === 'class')
      return point.class === null ? NO_LABEL : { name: classes[point.class]!, colour: point.class % SERIES }
    if (by === 'set') {
      const { split } = point
      return split === null ? NO_LABEL : { name: SPLIT_NAMES[split], colour: SPLITS.indexOf(split) }
    }
    const { finding } = point
    return finding === null
      ? NO_PROBLEM
      : { name: FINDING_TEXTS[finding].title, colour: kinds.indexOf(finding) % SERIES }
  }
  const groups = new Map<string, ColourName & { count: number }>()
  for (const point of points) {
    const named = nameOf(point)
    const known = groups.get(named.name)
    if (known) known.count += 1
    else groups.set(named.name, { ...named, count: 1 })
  }
  const legend = [...groups.values()].toSorted(
    (a, b) => Number(a.colour < 0) - Number(b.colour < 0) || b.count - a.count,
  )
  return { of: (point) => nameOf(point).colour, legend }
}
