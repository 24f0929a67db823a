/** A placeholder with the size of content that is being loaded. */
export function Skeleton({
  height = '1rem',
  width = '100%',
}: {
  readonly height?: string
  readonly width?: string
}) {
  return <div className="skeleton" style={{ height, width }} aria-hidden="true" />
}

/** The placeholder of a page: a heading and a few cards. */
export function PageSkeleton({ cards = 3 }: { readonly cards?: number }) {
  return (
    <div className="stack" role="status" aria-label="Loading">
      <div className="grid gap-3">
        <Skeleton height="2rem" width="min(14rem, 60%)" />
        <Skeleton width="min(34rem, 90%)" />
      </div>
      <div className="grid-cards">
        {Array.from({ length: cards }, (_, i) => (
          <Skeleton key={i} height="12rem" />
        ))}
      </div>
    </div>
  )
}
