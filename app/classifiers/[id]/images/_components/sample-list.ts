/** The list of images as the page shows it: what the server answered, with the changes that are not in it yet. An image
 *  that does not match the filters after a change disappears at once, so that the next key acts on the image that is
 *  shown, however slow the server is. Pure rules. */
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { IMAGES_AT_ONCE, type ImageFilters } from '../filters.ts'
import type { PositionRange } from './grid-layout.ts'
import type { Edit } from './sample-edit.ts'

/** A change of some images that the server has not stored, or that the list does not show yet. */
export type PendingEdit = {
  readonly ids: readonly string[]
  readonly edit: Edit
}

/** Pages by their number, each of IMAGES_AT_ONCE, and the total, as the server answered them last. */
export type SampleList = {
  readonly total: number
  readonly pages: ReadonlyMap<number, readonly SampleAnswer[]>
  readonly pending: readonly PendingEdit[]
}

export type ShownSamples = {
  readonly total: number
  readonly at: (position: number) => SampleAnswer | undefined
  /** Whether a change hides the image: it does not match the filters after the change. */
  readonly isHidden: (id: string) => boolean
  /** The range of the server's list in which these images are. */
  readonly onServer: (range: PositionRange) => PositionRange
}

export function shownSamples({ total, pages, pending }: SampleList, filters: ImageFilters): ShownSamples {
  const edits = new Map<string, Edit>()
  for (const { ids, edit } of pending) for (const id of ids) edits.set(id, { ...edits.get(id), ...edit })
  const hiddenIds = new Set([...edits].flatMap(([id, edit]) => (leavesList(edit, filters) ? [id] : [])))
  const hidden = hiddenIds.size === 0 ? [] : positionsOf(pages, hiddenIds)
  const onServer = (position: number): number => {
    let place = position
    for (const one of hidden) if (one <= place) place++
    return place
  }
  return {
    total: Math.max(0, total - hidden.length),
    at: (position) => {
      const place = onServer(position)
      const sample = pages.get(Math.floor(place / IMAGES_AT_ONCE))?.[place % IMAGES_AT_ONCE]
      const edit = sample && edits.get(sample.id)
      return edit ? edited(sample, edit) : sample
    },
    isHidden: (id) => hiddenIds.has(id),
    onServer: ({ first, end }) => ({
      first: onServer(first),
      end: end > first ? onServer(end - 1) + 1 : onServer(first),
    }),
  }
}

/** Whether a change makes images leave the list of these filters. The other filters are left to the server: the list is
 *  read again. */
export function leavesList(edit: Edit, { state, label, split }: ImageFilters): boolean {
  if (edit.is_trashed !== undefined) return edit.is_trashed !== (state === 'trashed')
  if (edit.label !== undefined) {
    if (label !== undefined && edit.label !== label) return true
    if (state === 'unlabelled' && edit.label !== null) return true
    if (state === 'active' && edit.label === null) return true
  }
  if (edit.split !== undefined && split !== undefined && edit.split !== split) return true
  if (edit.is_excluded === undefined) return false
  return edit.is_excluded ? state === 'active' || state === 'unlabelled' : state === 'excluded'
}

function edited(sample: SampleAnswer, edit: Edit): SampleAnswer {
  const label = edit.label === undefined ? sample.label : edit.label
  return {
    ...sample,
    label,
    split: label === null ? null : (edit.split ?? sample.split),
    is_excluded: edit.is_excluded ?? sample.is_excluded,
  }
}

/** In ascending order. */
function positionsOf(pages: SampleList['pages'], ids: ReadonlySet<string>): readonly number[] {
  const positions: number[] = []
  for (const [page, samples] of pages)
    for (const [i, { id }] of samples.entries()) if (ids.has(id)) positions.push(page * IMAGES_AT_ONCE + i)
  return positions.sort((a, b) => a - b)
}
