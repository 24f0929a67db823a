/** A heat map over an image: how much the probability of the predicted class falls when a region is covered.
 *  The label says the same in words. */

type OcclusionMapProps = {
  readonly label: string
  /** The image at the input resolution of the network. */
  readonly square: string
  /** rows × columns, from −1 to 1; the centres of the regions are evenly spaced, one step from the edges. */
  readonly drops: readonly (readonly number[])[]
  /** The region to highlight, if any. */
  readonly marked: { readonly row: number; readonly column: number } | null
}
/** The smallest drop that gets the strongest colour, so that a map of tiny drops stays pale. */
const MIN_SCALE = 0.2

export function OcclusionMap({ label, square, drops, marked }: OcclusionMapProps) {
  const scale = Math.max(MIN_SCALE, ...drops.flat())
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

/** The outermost regions reach to the edge. */
const tracks = (count: number): string =>
  Array.from({ length: count }, (_, i) => (i === 0 || i === count - 1 ? '1.5fr' : '1fr')).join(' ')
