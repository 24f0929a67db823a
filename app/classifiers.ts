/** Which classifier a page is about: the one in its address, else the default, else the first. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import type { Visitor } from './visitor.ts'

export type Chosen = {
  readonly classifiers: readonly ClassifierAnswer[]
  /** null where there is none at all, or none of the wanted name. */
  readonly chosen: ClassifierAnswer | null
  /** What the address asked for and nobody has. */
  readonly missing: string | null
}

export async function chosenClassifier({ asked }: Visitor, wanted: string | undefined): Promise<Chosen> {
  const { classifiers } = await darkroom().data.listClassifiers({}, asked)
  if (wanted) {
    const chosen = classifiers.find(({ id }) => id === wanted) ?? null
    return { classifiers, chosen, missing: chosen ? null : wanted }
  }
  return {
    classifiers,
    chosen: classifiers.find((one) => one.is_default) ?? classifiers[0] ?? null,
    missing: null,
  }
}
