/** One plan for several sets that are uploaded together, and for files that came with their labels. Pure. */
import { countPlan } from '#lib/domain/reading/plan-counts.ts'
import type { FilePlacement } from '#lib/domain/reading/file-placement.ts'
import type { OtherReading, SetPlan } from '#lib/domain/reading/set-plan.ts'

export function joinedPlan(plans: readonly SetPlan[]): SetPlan {
  const [only] = plans
  if (only !== undefined && plans.length === 1) return only
  const placed = plans.flatMap((plan, i) =>
    plan.paths.map((path) => ({ path: `${i}/${path}`, place: plan.placeOf(path) })),
  )
  const places = new Map<string, FilePlacement>(placed.map(({ path, place }) => [path, place]))
  const placeOf: SetPlan['placeOf'] = (path) => places.get(path) ?? plans[0]!.placeOf(path)
  const paths = [...places.keys()]
  const uncertain = new Map<string, OtherReading>()
  for (const one of plans.flatMap((plan) => plan.uncertain))
    if (!uncertain.has(one.reading)) uncertain.set(one.reading, one)
  return {
    ...countPlan(paths, { placeOf, isImageName: () => true }),
    paths,
    placeOf,
    notes: plans.flatMap((plan) => plan.notes),
    uncertain: [...uncertain.values()],
    missing: plans.flatMap((plan) => plan.missing),
  }
}

export function labelledPlan(labels: readonly string[]): SetPlan {
  const paths = labels.map((_, i) => String(i))
  const placeOf: SetPlan['placeOf'] = (path) => ({ kind: 'image', label: labels[Number(path)]!, split: null })
  return {
    ...countPlan(paths, { placeOf, isImageName: () => true }),
    paths,
    placeOf,
    notes: [],
    uncertain: [],
    missing: [],
  }
}
