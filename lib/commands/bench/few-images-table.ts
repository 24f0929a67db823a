/** The table of `npm run bench -- few-images`: one row for each set and number of images, over its draws. */
import type { FoundCopies } from './planted-copies.ts'
import type { EndedRun } from './requests.ts'

export type FewImagesResult = {
  readonly set: string
  readonly perClass: number
  readonly seed: number
  /** Share of the other images that are predicted correctly. */
  readonly accuracy: number
  readonly testImages: number
  readonly claimed: { readonly value: number; readonly low: number; readonly high: number } | null
  /** Width of the claimed interval as a multiple of Wilson's for as many independent images. */
  readonly widthRatio: number | null
  /** Of the predictions, the share that are confident, and the share of those that are wrong. */
  readonly confident: { readonly share: number; readonly error: number | null }
  readonly targetError: number | null
  readonly recipe: string
  readonly seconds: number
  /** Of the planted near-copies; null where there are none. */
  readonly copies: FoundCopies | null
  /** Of the gate, on the version with near-copies that came later; null where none did. */
  readonly verdict: EndedRun['verdict']
}

export function fewImagesTable(results: readonly FewImagesResult[]): string {
  const rows = new Map<string, FewImagesResult[]>()
  for (const result of results) {
    const key = `${result.set} ${result.perClass}`
    rows.set(key, [...(rows.get(key) ?? []), result])
  }
  return [
    '| set | images per class | right, % | claimed, % | interval contains it | width ÷ Wilson | confident, % |' +
      ' wrong of these, % | training, s |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...[...rows.values()].map(rowOf),
    '',
    `The claimed interval contains the accuracy on other images in ${contained(results)} trainings.`,
    ...copiesOf(results),
    ...results.flatMap(({ set, seed, verdict }) =>
      verdict
        ? [`${set}, draw ${seed}: ${verdict.kind} on ${verdict.images} images. ${verdict.sentence}`]
        : [],
    ),
  ].join('\n')
}

function rowOf(draws: readonly FewImagesResult[]): string {
  const [first] = draws
  const confident = mean(draws.map(({ confident: { share } }) => share))
  return (
    `| ${first!.set} | ${first!.perClass} | ${percent(mean(draws.map(({ accuracy }) => accuracy)))} | ` +
    `${percent(mean(draws.flatMap(({ claimed }) => claimed?.value ?? [])))} | ${contained(draws)} | ` +
    `${mean(draws.flatMap(({ widthRatio }) => widthRatio ?? []))?.toFixed(2) ?? '–'} | ${percent(confident)} | ` +
    `${percent(errorOf(draws))} | ${mean(draws.map(({ seconds }) => seconds))!.toFixed(1)} |`
  )
}

function copiesOf(results: readonly FewImagesResult[]): readonly string[] {
  return [...Map.groupBy(results, ({ set }) => set)].flatMap(([set, draws]) => {
    const known = draws.flatMap(({ copies }) => copies ?? [])
    if (known.length === 0) return []
    const sum = (of: (one: FoundCopies) => number): number => known.reduce((all, one) => all + of(one), 0)
    return [
      `${set}: ${sum(({ found }) => found)} of ${sum(({ planted }) => planted)} near-copies are in the group of ` +
        `their original; ${sum(({ merged }) => merged)} of ${sum(({ originals }) => originals)} originals are in ` +
        'a group with another one.',
    ]
  })
}

/** Over all confident predictions of the draws. */
function errorOf(draws: readonly FewImagesResult[]): number | null {
  const counts = draws.map(({ confident: { share, error }, testImages }) => ({
    confident: share * testImages,
    wrong: (error ?? 0) * share * testImages,
  }))
  const all = counts.reduce((sum, one) => sum + one.confident, 0)
  return all === 0 ? null : counts.reduce((sum, one) => sum + one.wrong, 0) / all
}

/** The accuracy on the other images is itself an estimate; it counts as it is. */
function contained(draws: readonly FewImagesResult[]): string {
  const holds = draws.filter(
    ({ claimed, accuracy }) => claimed !== null && accuracy >= claimed.low && accuracy <= claimed.high,
  )
  return `${holds.length} of ${draws.length}`
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

const percent = (share: number | null): string => (share === null ? '–' : (100 * share).toFixed(1))
