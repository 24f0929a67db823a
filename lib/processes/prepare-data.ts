/** What must be so before anybody opens the data: migrated, shipped versions known, a secret for sessions, a token while there is no admin. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, rmSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { composeData } from './compose-data.ts'
import type { Start } from './settings.ts'

export type Prepared = { readonly setupToken: string | null; readonly secret: string; readonly remarks: readonly string[] }

export async function prepareData(start: Start): Promise<Prepared> {
  const { places, settings } = start
  rmSync(places.scratchDir, { recursive: true, force: true })
  mkdirSync(places.scratchDir, { recursive: true })
  const data = await composeData(start)
  try {
    const { refused } = await data.syncShipped()
    const setupToken = (await data.people.count('admin')) === 0 ? randomBytes(18).toString('base64url') : null
    if (setupToken !== null) await data.people.keepSetupToken(createHash('sha256').update(setupToken).digest('hex'))
    return {
      setupToken,
      secret: settings.NEXTAUTH_SECRET ?? keptSecret(path.join(places.dataDir, 'secret')),
      remarks: refused.map(({ folder, reason }) => `A shipped version is left out: ${path.relative(places.modelsDir, folder)}: ${reason}`),
    }
  } finally {
    await data.close()
  }
}

/** Made once; who can read it can sign sessions, so it is the owner's alone. */
function keptSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}
