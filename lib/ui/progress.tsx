/** How far something is, from 0 to 100, or that it is under way where nobody can know. */
type ProgressProps = {
  readonly label: string
  /** null: under way, but how far cannot be known. */
  readonly percent: number | null
  readonly detail?: string
}

export function Progress({ label, percent, detail }: ProgressProps) {
  return (
    <div className="progress">
      <div className="progress-head">
        <span>{label}</span>
        <span className="muted">{detail ?? (percent === null ? '' : `${Math.floor(percent)} %`)}</span>
      </div>
      <progress aria-label={label} max={100} value={percent ?? undefined} />
    </div>
  )
}
