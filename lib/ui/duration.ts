/** A duration as text, such as "2 min 5 s". Moments are shown by Time and RelativeTime. */
export function durationText(seconds: number): string {
  if (seconds < 1) return 'under a second'
  if (Math.round(seconds) < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  if (whole < 600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
