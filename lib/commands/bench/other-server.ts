/** Another server, started by a command of the user for a benchmark, and ended with everything that it started. */
import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { MeasuredServer } from './serve-load.ts'

const LONGEST_START_MS = 60_000
const LOOK_EVERY_MS = 200

/** Resolves once anything is answered at the origin of the URL. */
export async function startOtherServer({
  command,
  url,
}: {
  readonly command: string
  readonly url: string
}): Promise<MeasuredServer & AsyncDisposable> {
  const child = spawn(command, { shell: true, detached: true, stdio: ['ignore', 'ignore', 'inherit'] })
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const pid = child.pid
  if (pid === undefined) throw new Error(`"${command}" cannot be started`)
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGTERM')
    await exit
  }
  const { origin } = new URL(url)
  const latest = performance.now() + LONGEST_START_MS
  while (!(await isAnswering(origin))) {
    if (child.exitCode !== null || performance.now() > latest) {
      await end()
      throw new Error(`"${command}" does not answer at ${origin}`)
    }
    await pause(LOOK_EVERY_MS)
  }
  return { pid, url, metricsUrl: null, [Symbol.asyncDispose]: end }
}

const isAnswering = (origin: string): Promise<boolean> =>
  fetch(origin).then(
    async (response) => {
      await response.arrayBuffer()
      return true
    },
    () => false,
  )
