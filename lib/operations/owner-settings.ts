/**
 * The settings in effect, as an admin sees and changes them. A value from the environment cannot be changed
 * here.
 */
import type { Input, Output } from '#lib/contracts/contract.ts'
import { CHANGEABLE, type changeSettings, type listSettings } from '#lib/contracts/settings-api.ts'
import { isSecretSetting } from '#lib/contracts/shown-setting.ts'
import { settings as all, type Settings } from '#lib/contracts/settings.ts'
import type { Data } from '#lib/data/data.ts'
import { AUTO_RETRAIN } from '#lib/domain/auto-retrain.ts'
import { withoutPassword } from '#lib/domain/text/without-password.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

type Name = keyof Settings

/** The values that /settings offers; the API accepts every valid value. */
const CHOICES: Readonly<Record<Changeable, (classifiers: readonly string[]) => readonly string[]>> = {
  DEFAULT_CLASSIFIER: (classifiers) => classifiers,
  AUTO_PROMOTE: () => all.shape.AUTO_PROMOTE.unwrap().options,
  AUTO_RETRAIN: () => AUTO_RETRAIN,
  AUTO_RETRAIN_AFTER: () => ['5', '10', '20', '50', '100', 'nightly'],
  BACKUP_EVERY: () => ['off', '6h', '24h', '7d'],
  BACKUP_KEEP: () => ['3', '7', '14', '30'],
}
type Source = Output<typeof listSettings>['settings'][number]['source']
type Changeable = (typeof CHANGEABLE)[number]

export type OwnerSettings = {
  readonly listSettings: () => Promise<Output<typeof listSettings>>
  readonly changeSettings: (input: Input<typeof changeSettings>) => Promise<Output<typeof listSettings>>
}

export type OwnerSettingsParts = {
  /** From the environment and the defaults. */
  readonly settings: Settings
  /** Names that are set in the environment. */
  readonly explicit: readonly string[]
  readonly data: Pick<Data, 'storedSettings' | 'classifiers'>
}

/** DATABASE_URL may contain a password. */
const shownText = (name: Name, value: Settings[Name]): string | null => {
  const text = textOf(value)
  return name === 'DATABASE_URL' && text !== null ? withoutPassword(text) : text
}

export function createOwnerSettings({
  settings,
  explicit,
  data: { storedSettings, classifiers },
}: OwnerSettingsParts): OwnerSettings {
  const isExplicit = (name: string): boolean => explicit.includes(name)
  const isChangeable = (name: string): name is Changeable => CHANGEABLE.some((one) => one === name)

  async function list(): Promise<Output<typeof listSettings>> {
    const ids = (await classifiers.list()).map((one) => one.id)
    const names = Object.keys(all.shape) as Name[] // the shape's own keys
    const storedValues = new Map(
      await Promise.all(
        names
          .filter((name) => isChangeable(name) && !isExplicit(name))
          .map(async (name) => [name, await storedSettings.get(name)] as const),
      ),
    )
    return {
      settings: names.map((name) => {
        const stored = storedValues.get(name) ?? null
        return {
          name,
          value: isSecretSetting(name) ? null : (stored ?? shownText(name, settings[name])),
          source: sourceOf(isExplicit(name), stored),
          is_changeable: isChangeable(name) && !isExplicit(name),
          choices: isChangeable(name) ? [...CHOICES[name](ids)] : null,
          what: all.shape[name].description ?? '',
        }
      }),
    }
  }

  return {
    listSettings: list,
    async changeSettings(change) {
      const fixed = Object.keys(change).find(isExplicit)
      if (fixed !== undefined)
        throw new DarkroomError('conflict', {
          what: `${fixed} was not changed`,
          why: 'it is set in the environment',
          remedy: 'Change it there (or in .env) and restart.',
        })
      if (change.DEFAULT_CLASSIFIER) await classifiers.get(change.DEFAULT_CLASSIFIER)
      await storedSettings.keep(
        Object.fromEntries(
          Object.entries(change)
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => [name, value === null ? null : String(value)]),
        ),
      )
      return list()
    },
  }
}

type SettingParts = Pick<OwnerSettingsParts, 'settings' | 'explicit'> & {
  readonly data: Pick<Data, 'storedSettings'>
}

/** The current AUTO_PROMOTE: from the environment, else from /settings, else the default. */
export async function autoPromoteNow({
  settings,
  explicit,
  data,
}: SettingParts): Promise<Settings['AUTO_PROMOTE']> {
  const stored = explicit.includes('AUTO_PROMOTE') ? null : await data.storedSettings.get('AUTO_PROMOTE')
  return all.shape.AUTO_PROMOTE.safeParse(stored ?? settings.AUTO_PROMOTE).data ?? settings.AUTO_PROMOTE
}

/** With the same precedence, for AUTO_RETRAIN and AUTO_RETRAIN_AFTER. */
export async function autoRetrainNow({
  settings,
  explicit,
  data,
}: SettingParts): Promise<Pick<Settings, 'AUTO_RETRAIN' | 'AUTO_RETRAIN_AFTER'>> {
  const stored = async (name: 'AUTO_RETRAIN' | 'AUTO_RETRAIN_AFTER') =>
    explicit.includes(name) ? null : data.storedSettings.get(name)
  return {
    AUTO_RETRAIN:
      all.shape.AUTO_RETRAIN.safeParse((await stored('AUTO_RETRAIN')) ?? undefined).data ??
      settings.AUTO_RETRAIN,
    AUTO_RETRAIN_AFTER:
      all.shape.AUTO_RETRAIN_AFTER.safeParse((await stored('AUTO_RETRAIN_AFTER')) ?? undefined).data ??
      settings.AUTO_RETRAIN_AFTER,
  }
}

/** With the same precedence, for BACKUP_EVERY and BACKUP_KEEP. */
export async function backupSettingsNow({
  settings,
  explicit,
  data,
}: SettingParts): Promise<Pick<Settings, 'BACKUP_EVERY' | 'BACKUP_KEEP'>> {
  const stored = async (name: 'BACKUP_EVERY' | 'BACKUP_KEEP') =>
    explicit.includes(name) ? null : data.storedSettings.get(name)
  return {
    BACKUP_EVERY:
      all.shape.BACKUP_EVERY.safeParse((await stored('BACKUP_EVERY')) ?? settings.BACKUP_EVERY).data ??
      settings.BACKUP_EVERY,
    BACKUP_KEEP:
      all.shape.BACKUP_KEEP.safeParse((await stored('BACKUP_KEEP')) ?? settings.BACKUP_KEEP).data ??
      settings.BACKUP_KEEP,
  }
}

function textOf(value: Settings[Name]): string | null {
  if (value === undefined) return null
  return Array.isArray(value) ? value.join(', ') : String(value)
}

function sourceOf(isExplicit: boolean, stored: string | null): Source {
  if (isExplicit) return 'environment'
  return stored === null ? 'default' : 'here'
}
