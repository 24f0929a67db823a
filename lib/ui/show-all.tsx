/** Below a list of which a phone shows only the beginning (lib/ui/narrow-and-print.css): shows the rest. */
export function ShowAll({ count }: { readonly count: number }) {
  return (
    <details className="more-rows">
      <summary>
        <span className="when-closed">Show all {count}</span>
        <span className="when-open">Show fewer</span>
      </summary>
    </details>
  )
}
