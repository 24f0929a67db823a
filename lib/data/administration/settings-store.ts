/** Settings changed while the product runs. lib/operations decides which may be changed. */
import { storedSetting } from '#lib/contracts/stored-json.ts'
import type { StoredSettings } from '../data.ts'
import type { Statements } from '../statements.ts'
import { parsedOrNull } from '../store.ts'
import type { Store } from '../store.ts'

export const storedSettingsOf = ({ prisma, statements, now }: Store): StoredSettings => ({
  get: (name) => readSetting(statements, name),
  async keepFirst(name, value) {
    try {
      await prisma.storedSetting.create({
        data: { name, valueJson: JSON.stringify(value), changedAt: now() },
      })
      return value
    } catch (error) {
      const first = await readSetting(statements, name) // of another process
      if (first === null) throw error
      return first
    }
  },
  keep: (values) =>
    prisma.$transaction(async (tx) => {
      for (const [name, value] of Object.entries(values)) {
        await tx.storedSetting.deleteMany({ where: { name } })
        if (value !== null)
          await tx.storedSetting.create({
            data: { name, valueJson: JSON.stringify(value), changedAt: now() },
          })
      }
    }),
})

export const readSetting = async (
  { access }: Pick<Statements, 'access'>,
  name: string,
): Promise<string | null> => parsedOrNull(storedSetting, await access.setting(name))
