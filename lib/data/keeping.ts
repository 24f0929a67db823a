/** What an owner keeps: settings changed while the product runs, and the record of who changed what. What may be changed, lib/operations says. */
import type { Changes, KeptSettings } from './data.ts'
import { pageOf } from './answers/page.ts'
import { parsed } from './store.ts'
import type { Store } from './store.ts'
import type { Change } from './values.ts'

/** Newest changes kept; a year of a busy house. */
const MOST_CHANGES = 100_000
const SWEEP_EVERY = 1_000

export const keptSettingsOf = ({ connection, now }: Store): KeptSettings => ({
  get: (name) => keptSetting(connection, name),
  async keep(values) {
    await connection.write((writing) => {
      for (const [name, value] of Object.entries(values)) {
        writing.run('DELETE FROM "KeptSetting" WHERE "name" = ?', name)
        if (value !== null) writing.insert('KeptSetting', { name, valueJson: JSON.stringify(value), changedAt: now() })
      }
    })
  },
})

export function keptSetting(connection: Pick<Store['connection'], 'one'>, name: string): string | null {
  const row = connection.one<{ valueJson: string }>('SELECT "valueJson" FROM "KeptSetting" WHERE "name" = ?', name)
  return row ? parsed<string>(row.valueJson) : null
}

export function changesOf({ connection, id, now }: Store): Changes {
  let added = 0
  return {
    add: ({ by, action, subject }) => connection.write((writing) => {
      writing.insert('Change', { id: id(), at: now(), by, action, subject })
      if ((added += 1) % SWEEP_EVERY === 0) writing.run('DELETE FROM "Change" WHERE "id" < (SELECT "id" FROM "Change" ORDER BY "id" DESC LIMIT 1 OFFSET ?)', MOST_CHANGES)
    }),
    async list({ cursor, limit }) {
      const rows = connection.all<Omit<Change, 'at'> & { at: number }>('SELECT * FROM "Change" WHERE ?1 IS NULL OR "id" < ?1 ORDER BY "id" DESC LIMIT ?2', cursor ?? null, limit + 1)
      const { rows: shown, next } = pageOf(rows, limit, (row) => row.id)
      return { changes: shown.map((row) => ({ ...row, at: new Date(row.at) })), next }
    },
  }
}
