/** Cancels an upload that another process works on, on whichever host: its row requests it. It knows neither images nor
 *  rows. */
import { setTimeout as pause } from 'node:timers/promises'

/** While images are processed: one short read. */
const WATCH_EVERY_MS = 50
const LOOK_EVERY_MS = 250
/** 30 s: a large image and the comparison of near-copies may come before the next look. */
const MOST_LOOKS = 120

/** Calls `cancel` as soon as that was requested, while images are taken from it. */
export async function* whileWanted<Image>(
  images: AsyncIterable<Image>,
  isRequested: () => Promise<boolean>,
  cancel: () => void,
): AsyncGenerator<Image> {
  const over = new AbortController()
  const watching = watch(isRequested, cancel, over.signal)
  try {
    yield* images
  } finally {
    over.abort()
    await watching
  }
}

async function watch(
  isRequested: () => Promise<boolean>,
  cancel: () => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await pause(WATCH_EVERY_MS, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    // a database that does not respond is read again
    if (!(await isRequested().catch(() => false))) continue
    cancel()
    return
  }
}

/** Waits until the upload has ended, or half a minute. */
export async function untilEnded(hasNotEnded: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < MOST_LOOKS && (await hasNotEnded()); look++) await pause(LOOK_EVERY_MS)
}
