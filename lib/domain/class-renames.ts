/** Names of classes over time. Versions and snapshots are immutable and contain the names of their time; these rules
 *  give them the names of today. They store nothing. */

export type ClassRename = { readonly from: string; readonly to: string; readonly at: Date }

/** The name that a class has today, which had `name` at `since`. Renames in the order in which they were made. */
export function nameToday(name: string, renames: readonly ClassRename[], since: Date): string {
  return renames.reduce((now, { from, to, at }) => (at >= since && now === from ? to : now), name)
}

/** Figures of a version that name classes, as on a model card. */
type NamedFigures = {
  readonly per_class: readonly { readonly class: string }[]
  readonly suspects?: readonly { readonly label: string; readonly answer: string }[]
}

/** The figures with other class names. */
export function figuresWithNames<F extends NamedFigures>(figures: F, nameOf: (name: string) => string): F {
  return {
    ...figures,
    per_class: figures.per_class.map((one) => ({ ...one, class: nameOf(one.class) })),
    ...(figures.suspects && {
      suspects: figures.suspects.map((one) => ({
        ...one,
        label: nameOf(one.label),
        answer: nameOf(one.answer),
      })),
    }),
  }
}
