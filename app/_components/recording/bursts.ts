/** Recordings that were not sent yet: their frames, and what is left when some are deleted. Pure. */

/** More would be almost equal images. */
export const FRAMES_PER_SECOND = 4
export const LONGEST_SECONDS = 15
export const MOST_FRAMES = FRAMES_PER_SECOND * LONGEST_SECONDS
/** Of all recordings that wait to be sent: 20 MB of images of 640 × 480 pixels. */
export const MOST_WAITING = 300

/** `url`: of the file, for its thumbnail. */
export type Frame = { readonly key: string; readonly file: File; readonly url: string }
/** The frames of one recording, of one class. */
export type Burst = { readonly key: string; readonly label: string; readonly frames: readonly Frame[] }

/** The frame at the end of its burst, which begins with its first one. */
export function withFrame(
  bursts: readonly Burst[],
  { key, label }: Pick<Burst, 'key' | 'label'>,
  frame: Frame,
): readonly Burst[] {
  if (!bursts.some((burst) => burst.key === key)) return [...bursts, { key, label, frames: [frame] }]
  return bursts.map((burst) => (burst.key === key ? { ...burst, frames: [...burst.frames, frame] } : burst))
}

/** A burst without frames is gone. */
export const withoutFrame = (bursts: readonly Burst[], key: string): readonly Burst[] =>
  bursts
    .map((burst) => ({ ...burst, frames: burst.frames.filter((frame) => frame.key !== key) }))
    .filter(({ frames }) => frames.length > 0)

export const framesIn = (bursts: readonly Burst[]): readonly Frame[] => bursts.flatMap(({ frames }) => frames)

/** `camera-2026-11-30-12-00-00-01`: names of one recording sort in its order.
 *  @param position from 1 */
export function frameName(startedAt: Date, position: number): string {
  const time = startedAt.toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')
  return `camera-${time}-${String(position).padStart(2, '0')}`
}
