/** Listings of sets in a short notation, for tests: `train/cats*4` are four images in that folder. */
import type { Choice } from './choices.ts'
import { planSet, type SetPlan } from './set-plan.ts'
import type { TableText } from './table-labels.ts'

/** A name without `*` is one file. */
export const filesOf = (spec: string): { path: string }[] =>
  spec
    .split(/\s*,\s*|\n/)
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [folder, count] = part.split('*')
      if (count === undefined) return [{ path: part }]
      return Array.from({ length: Number(count) }, (_, i) => ({ path: `${folder}/${i}.jpg` }))
    })

export function planned(
  spec: string,
  tables: Readonly<Record<string, string>> = {},
  choices: readonly Choice[] = [],
): SetPlan {
  const texts: TableText[] = Object.entries(tables).map(([path, text]) => ({ path, text }))
  return planSet(
    { files: [...filesOf(spec), ...texts.map(({ path }) => ({ path }))], tables: texts },
    choices,
  )
}

/** `cats 6, dogs 6 | train 8, validation 2, test 2`; splits only where the set states them. */
export function inWords({ classes, splits }: Pick<SetPlan, 'classes' | 'splits'>): string {
  const counts = classes.map(({ name, count }) => `${name} ${count}`).join(', ')
  const stated = Object.entries(splits)
    .filter(([name, count]) => name !== 'unstated' && count > 0)
    .map(([name, count]) => `${name} ${count}`)
  return stated.length === 0 ? counts : `${counts} | ${stated.join(', ')}`
}
