/**
 * Next as a part of our own server: prepared once, then called for every request that the fast path leaves.
 * It knows no program; pages find theirs through lib/http/context.
 */
import next from 'next'
import type { Pages } from '#lib/server/web-server.ts'
import { ROOT } from '../settings.ts'

export async function preparePages({
  isDevelopment,
  host,
  port,
}: {
  isDevelopment: boolean
  host: string
  port: number
}): Promise<Pages> {
  const app = next({ dev: isDevelopment, dir: ROOT, hostname: host, port })
  await (isDevelopment ? app.prepare() : inSilence(() => app.prepare()))
  return { handle: app.getRequestHandler() }
}

/**
 * Next prints how long it read its configuration (16.4, no setting against it), which would appear after
 * our own last line on the terminal.
 */
async function inSilence<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console
  console.log = () => {}
  try {
    return await work()
  } finally {
    console.log = log
  }
}
