/** A progress bar with label and percentage, or without a value if the progress is unknown. */
type ProgressProps = {
  readonly label: string
  /** 0 to 100; null if unknown. */
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
