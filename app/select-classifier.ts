/** Selects the classifier of a page: the one in its URL, else the default, else the first. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'

export type SelectedClassifier = {
  readonly classifiers: readonly ClassifierAnswer[]
  /** null if there is no classifier, or none with the requested id. */
  readonly selected: ClassifierAnswer | null
  /** The id in the URL, if no classifier has it. */
  readonly missing: string | null
}

export async function selectClassifier(id: string | undefined): Promise<SelectedClassifier> {
  const { classifiers } = await darkroom().queries.listClassifiers({})
  if (id) {
    const selected = classifiers.find((one) => one.id === id) ?? null
    return { classifiers, selected, missing: selected ? null : id }
  }
  return {
    classifiers,
    selected: classifiers.find((one) => one.is_default) ?? classifiers[0] ?? null,
    missing: null,
  }
}
