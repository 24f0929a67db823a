/** Settings changed while the product runs. lib/operations decides which may be changed. */
import { storedSetting } from '#lib/contracts/stored-json.ts'
import type { StoredSettings } from '../data.ts'
import { parsed } from '../store.ts'
import type { Store } from '../store.ts'

export const storedSettingsOf = ({ connection, now }: Store): StoredSettings => ({
  get: (name) => readSetting(connection, name),
  async keep(values) {
    await connection.write((writing) => {
      for (const [name, value] of Object.entries(values)) {
        writing.run('DELETE FROM "KeptSetting" WHERE "name" = ?', name)
        if (value !== null)
          writing.insert('KeptSetting', { name, valueJson: JSON.stringify(value), changedAt: now() })
      }
    })
  },
})

export function readSetting(connection: Pick<Store['connection'], 'one'>, name: string): string | null {
  const row = connection.one<{ valueJson: string }>(
    'SELECT "valueJson" FROM "KeptSetting" WHERE "name" = ?',
    name,
  )
  return row ? parsed(storedSetting, row.valueJson) : null
}
