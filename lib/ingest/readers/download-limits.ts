/** How slowly a download may arrive before it is abandoned: a server that sends a byte now and then would otherwise
 *  keep a job forever. It opens no connection. */

export type DownloadLimits = {
  /** A server that sends nothing for this long is abandoned. */
  readonly longestSilenceMs: number
  /** As is one that sends less than this, on average, for `slowForMs`. */
  readonly leastBytesPerSecond: number
  readonly slowForMs: number
  /** Of the whole download. @param bytes its size */
  readonly longestMs: (bytes: number) => number
}

const LIMITS: DownloadLimits = {
  longestSilenceMs: 30_000,
  leastBytesPerSecond: 1_000,
  slowForMs: 60_000,
  longestMs: (bytes) => 600_000 + bytes / 20, // ten minutes, and 20 kB a second: a modem's rate
}

export type Arrival = Disposable & {
  readonly arrived: (bytes: number) => void
  /** Aborts with the reason for a person. */
  readonly tooSlow: AbortSignal
}

/** @param expectedBytes the size of the file */
export function watchArrival(expectedBytes: number, limits: Partial<DownloadLimits> = {}): Arrival {
  const { longestSilenceMs, leastBytesPerSecond, slowForMs, longestMs } = { ...LIMITS, ...limits }
  const controller = new AbortController()
  const abandon = (why: string): void => controller.abort(new Error(why))
  const seconds = (ms: number): number => Math.round(ms) / 1000
  let sinceLastLook = 0
  const silence = setTimeout(
    () => abandon(`no data arrived for ${seconds(longestSilenceMs)} s`),
    longestSilenceMs,
  )
  const rate = setInterval(() => {
    if (sinceLastLook < (leastBytesPerSecond * slowForMs) / 1000)
      abandon(`it sent fewer than ${leastBytesPerSecond} bytes a second for ${seconds(slowForMs)} s`)
    sinceLastLook = 0
  }, slowForMs)
  const mostMs = longestMs(expectedBytes)
  const end = setTimeout(() => abandon(`the file did not arrive within ${seconds(mostMs)} s`), mostMs)
  return {
    arrived(bytes) {
      silence.refresh()
      sinceLastLook += bytes
    },
    tooSlow: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(silence)
      clearInterval(rate)
      clearTimeout(end)
    },
  }
}
