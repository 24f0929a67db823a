/** By how much an answer's probability falls where its picture is covered, as colour over the picture: the
 *  stronger, the more. What it means in words is given to it, as a label. */

type OcclusionMapProps = {
  readonly label: string
  /** The picture as the network sees it, on which the places lie. */
  readonly square: string
  /** rows × columns, from −1 to 1; the middles of the places lie evenly, one step from the edges. */
  readonly drops: readonly (readonly number[])[]
  /** The place that stands out, if one does. */
  readonly marked: { readonly row: number; readonly column: number } | null
}
/** Where no fall is larger, none has the strongest colour: a map of nearly nothing stays pale. */
const FAINT = 0.2

export function OcclusionMap({ label, square, drops, marked }: OcclusionMapProps) {
  const scale = Math.max(FAINT, ...drops.flat())
  return (
    <div className="occlusion" role="img" aria-label={label}>
      <img src={square} alt="" />
      <div
        className="occlusion-places"
        style={{ gridTemplateRows: tracks(drops.length), gridTemplateColumns: tracks(drops[0]?.length ?? 1) }}
      >
        {drops.map((row, y) =>
          row.map((drop, x) => (
            <span
              key={`${y} ${x}`}
              data-marked={marked?.row === y && marked.column === x}
              style={{ '--strength': Math.max(0, drop) / scale } as React.CSSProperties}
            />
          )),
        )}
      </div>
    </div>
  )
}

/** The outermost reach to the edge. */
const tracks = (count: number): string =>
  Array.from({ length: count }, (_, i) => (i === 0 || i === count - 1 ? '1.5fr' : '1fr')).join(' ')
