/** What a start says on the terminal once it is ready: remarks, the address, and the setup link. */
import type { Settings } from '#lib/contracts/settings.ts'
import { decodeBudgetBytes } from './memory-limits.ts'

const MIB = 1024 ** 2

type StartFacts = {
  readonly settings: Pick<Settings, 'HOST' | 'NEXTAUTH_URL' | 'ROLE' | 'MEMORY_MB'>
  readonly port: number
  readonly seconds: number
  /** Sentences, in the order of the start. */
  readonly remarks: readonly string[]
  /** null: there is an administrator. */
  readonly setupToken: string | null
}

/** In one text: a program that waits for the line with "ready" has the setup link too. */
export function startAnnouncement({ settings, port, seconds, remarks, setupToken }: StartFacts): string {
  const address = addressFor(settings, port)
  const isWorker = settings.ROLE === 'worker'
  const ready = isWorker ? "Darkroom's worker is ready" : `Darkroom is ready at ${address}`
  const decodeMb = Math.floor(decodeBudgetBytes(settings) / MIB)
  const lines = [...remarks, `${ready} (${seconds.toFixed(1)} s)`]
  if (!isWorker)
    lines.push(`Image decoding uses at most ${decodeMb} MB at a time; an image that needs more is refused.`)
  if (setupToken !== null)
    lines.push(`No administrator account exists yet. Create it at ${address}/setup?token=${setupToken}`)
  return lines.join('\n')
}

/** A worker does not listen: it can only refer to the address where requests are answered. */
function addressFor({ HOST, NEXTAUTH_URL, ROLE }: StartFacts['settings'], port: number): string {
  if (NEXTAUTH_URL !== undefined) return NEXTAUTH_URL
  if (ROLE === 'worker') return 'http://<address of this machine>'
  const host = HOST === '0.0.0.0' ? 'localhost' : HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
