/** Why a classifier that is being imported cannot have this name. */
import { idOf } from '../../[id]/images/add/_components/classifier-option.ts'

/** Undefined: it can, or there is none yet.
 *  @param taken the ids of other classifiers: a network with one of them would become a version of that classifier */
export function nameProblem(title: string, taken: readonly string[]): string | undefined {
  if (title.trim() === '') return undefined
  const id = idOf(title)
  if (id === '') return 'The name needs at least one letter from a to z or one digit.'
  return taken.includes(id) ? 'A classifier with this name already exists. Choose another name.' : undefined
}
