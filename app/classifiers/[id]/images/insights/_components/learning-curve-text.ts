/** What more images should bring, in words. */
import type { CurveAnswer, LearningCurvesAnswer } from '#lib/contracts/learning-curve.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { numberText } from '#lib/ui/figure-number.tsx'

const MOST_NAMED = 3

export type TextPart = { readonly text: string; readonly isClass?: boolean }

const percentOf = (share: number): string => String(Math.round(share * 100))

/** `84 → 88 % (86–90)` */
export const changeText = ({ now, then }: Pick<CurveAnswer, 'now' | 'then'>): string =>
  `${percentOf(now.value)} → ${percentOf(then.value)} % (${percentOf(then.low)}–${percentOf(then.high)})`

/** “30 more *early blight* should bring 84 → 88 % (86–90); more *healthy* will not help.” Parts, so that the page can
 *  distinguish names. The classes that gain most come first. */
export function curveSentence({ all, per_class: perClass }: LearningCurvesAnswer): readonly TextPart[] {
  const known = perClass.flatMap(({ class: name, curve }) => (curve ? [{ name, curve }] : []))
  const helpful = known
    .filter(({ curve }) => curve.verdict === 'helps')
    .toSorted((a, b) => gainOf(b.curve) - gainOf(a.curve))
    .slice(0, MOST_NAMED)
  const useless = known.filter(({ curve }) => curve.verdict === 'no_help')
  const clauses: (readonly TextPart[])[] = helpful.map(({ name, curve }) => [
    { text: `${numberText({ count: curve.more })} more ` },
    { text: name, isClass: true },
    { text: ` should bring ${changeText(curve)}` },
  ])
  const more = clauses.length === 0 ? 'More ' : 'more '
  if (useless.length > 0)
    clauses.push([{ text: more }, ...listed(useless.map(({ name }) => name)), { text: ' will not help' }])
  if (clauses.length === 0) return [{ text: overall(all) }]
  return [...clauses.flatMap((clause, i) => (i === 0 ? clause : [{ text: '; ' }, ...clause])), { text: '.' }]
}

const gainOf = ({ now, then }: CurveAnswer): number => then.value - now.value

function listed(names: readonly string[]): readonly TextPart[] {
  const shown = names.slice(0, MOST_NAMED)
  const others = names.length - shown.length
  const parts = shown.flatMap((text, i): readonly TextPart[] => {
    const name = { text, isClass: true }
    if (i === 0) return [name]
    return [{ text: i === names.length - 1 ? ' or ' : ', ' }, name]
  })
  return others > 0 ? [...parts, { text: ` or ${counted(others, 'other class', 'other classes')}` }] : parts
}

/** About all classes together. */
export function overall(all: CurveAnswer): string {
  const more = `${numberText({ count: all.more })} more images`
  if (all.verdict === 'helps') return `${more}, shared among all classes, should bring ${changeText(all)}.`
  if (all.verdict === 'no_help')
    return `${more} will not help: the accuracy stays at ${percentOf(all.now.value)} %.`
  return `Whether ${more} help is not certain yet: ${changeText(all)}.`
}
