/** The address of the page that shows a training run. */
import type { RunAnswer } from '#lib/contracts/retrain.ts'

type Tab = {
  readonly location: Pick<Location, 'search'>
  readonly history: Pick<History, 'replaceState'>
}

/** Puts the id of the run into the address, because the page shows a run that has ended only then. It is put there
 *  without a navigation and while the run is under way: a navigation at its end would undo the click on a link of the
 *  result. */
export function nameInAddress(
  { id, classifier }: Pick<RunAnswer, 'id' | 'classifier'>,
  { location, history }: Tab,
): void {
  if (new URLSearchParams(location.search).get('run') === id) return
  history.replaceState(null, '', `/retrain?classifier=${classifier}&run=${id}`)
}
