/** Why a new classifier cannot have this name. */
import { idOf } from './[id]/images/add/_components/classifier-option.ts'

/** Undefined: it can, or there is none yet.
 *  @param taken the ids of other classifiers; an imported network would become a version of one of them */
export function nameProblem(title: string, taken: readonly string[]): string | undefined {
  if (title.trim() === '') return undefined
  const id = idOf(title)
  if (id === '') return 'The name needs at least one letter from a to z or one digit.'
  return taken.includes(id) ? 'A classifier with this name already exists. Choose another name.' : undefined
}
