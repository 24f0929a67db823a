/** Which images are selected: some, by their ids, or all that match the filters. Pure: the grid says what was
 *  pressed. */

export type Selection =
  | {
      readonly kind: 'some'
      readonly ids: ReadonlySet<string>
      /** Position from which a range is selected. */
      readonly anchor: number
    }
  | { readonly kind: 'all' }

export const NOTHING: Selection = { kind: 'some', ids: new Set(), anchor: 0 }
export const ALL: Selection = { kind: 'all' }

export const isSelected = (selection: Selection, id: string): boolean =>
  selection.kind === 'all' || selection.ids.has(id)

export const countOf = (selection: Selection, total: number): number =>
  selection.kind === 'all' ? total : selection.ids.size

export const only = (id: string, position: number): Selection => ({
  kind: 'some',
  ids: new Set([id]),
  anchor: position,
})

/** Adds an image, or takes it away. After "all that match" only this one is selected. */
export function toggled(selection: Selection, id: string, position: number): Selection {
  if (selection.kind === 'all') return only(id, position)
  const ids = new Set(selection.ids)
  if (!ids.delete(id)) ids.add(id)
  return { kind: 'some', ids, anchor: position }
}

/** The selection that a range extends: where nothing is selected, it starts at the image that the keyboard is on. */
export const extendedFrom = (selection: Selection, current: number): Selection =>
  selection.kind === 'some' && selection.ids.size === 0 ? { ...selection, anchor: current } : selection

/** Positions from the anchor of the selection to this one, whichever is first. */
export function rangeTo(
  selection: Selection,
  position: number,
): { readonly first: number; readonly end: number } {
  const anchor = selection.kind === 'all' ? position : selection.anchor
  return { first: Math.min(anchor, position), end: Math.max(anchor, position) + 1 }
}

/** Without the images that have left the list. */
export function without(selection: Selection, isGone: (id: string) => boolean): Selection {
  if (selection.kind === 'all') return selection
  const ids = [...selection.ids].filter((id) => !isGone(id))
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids) }
}

/** The images of a range instead of what was selected; the anchor stays, so that the range can be changed. */
export const ranged = (selection: Selection, ids: readonly string[]): Selection => ({
  kind: 'some',
  ids: new Set(ids),
  anchor: selection.kind === 'all' ? 0 : selection.anchor,
})

/** What a rectangle touches, with what was selected before where it adds to it. */
export const framed = (before: Selection, ids: readonly string[], anchor: number): Selection => ({
  kind: 'some',
  ids: new Set([...(before.kind === 'some' ? before.ids : []), ...ids]),
  anchor,
})
