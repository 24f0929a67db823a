/** A selection of rows after one more of them was clicked. */

/** Toggles a row; with `from`, selects all rows between the two, both included.
 *  @param rows in the order of the table */
export function selectedWith(
  selected: readonly string[],
  rows: readonly string[],
  { id, from }: { readonly id: string; readonly from: string | null },
): readonly string[] {
  const [start, end] = [rows.indexOf(from ?? ''), rows.indexOf(id)]
  if (start >= 0 && end >= 0) {
    const range = rows.slice(Math.min(start, end), Math.max(start, end) + 1)
    return [...new Set([...selected, ...range])]
  }
  return selected.includes(id) ? selected.filter((one) => one !== id) : [...selected, id]
}
