import { expect, test } from 'vitest'
import { parseSettings, settings } from '#lib/contracts/settings.ts'
import { openWithFruit } from '#lib/data/opened.fakes.ts'
import { autoPromoteNow, createOwnerSettings } from './owner-settings.ts'

async function opened(environment: Record<string, string> = {}) {
  const { data } = await openWithFruit()
  const read = parseSettings(environment)
  if (!read.ok) throw new Error(read.mistakes.join('\n'))
  const parts = { settings: read.settings, explicit: Object.keys(environment), data }
  const owner = createOwnerSettings(parts)
  const shown = async (name: string) => (await owner.listSettings()).settings.find((one) => one.name === name)
  return { data, parts, owner, shown }
}

test('each setting is shown with its value and its source; a secret is hidden', async () => {
  const { shown } = await opened({
    NEXTAUTH_SECRET: 'sixteen letters at least',
    CORS_ORIGINS: 'https://a.example/, https://b.example',
    OPEN_ACTIONS: 'yes',
  })

  expect(await shown('PORT')).toMatchObject({ value: '3000', source: 'default', is_changeable: false })
  expect(await shown('OPEN_ACTIONS')).toMatchObject({ value: 'true', source: 'environment' })
  expect(await shown('CORS_ORIGINS')).toMatchObject({ value: 'https://a.example, https://b.example' })
  expect(await shown('NEXTAUTH_SECRET')).toMatchObject({ value: null, source: 'environment' })
  expect(await shown('DEFAULT_CLASSIFIER')).toMatchObject({
    value: null,
    is_changeable: true,
    choices: ['fruit'],
  })
})

test('no setting that is named as a secret, a token or a password is shown', async () => {
  const secrets = Object.keys(settings.shape).filter((name) => /_(SECRET|TOKEN|PASSWORD)$/.test(name))
  expect(secrets).toContain('INFERENCE_TOKEN')
  const { shown } = await opened({
    ...Object.fromEntries(secrets.map((name) => [name, 'sixteen letters at least'])),
    OIDC_ISSUER: 'https://id.example',
    OIDC_CLIENT_ID: 'darkroom',
    DATABASE_URL: 'postgresql://user:sixteen@db.example/darkroom',
  })

  for (const name of secrets) expect(await shown(name), name).toMatchObject({ value: null })
  expect(await shown('DATABASE_URL')).toMatchObject({ value: 'postgresql://user@db.example/darkroom' })
})

test('a change takes effect at once, and a reset restores the default', async () => {
  const { parts, owner, shown } = await opened()

  await owner.changeSettings({ AUTO_PROMOTE: 'off', DEFAULT_CLASSIFIER: 'fruit' })
  expect(await autoPromoteNow(parts)).toBe('off')
  expect(await shown('AUTO_PROMOTE')).toMatchObject({
    value: 'off',
    source: 'here',
    choices: ['off', 'better', 'not_worse'],
  })
  await owner.changeSettings({ AUTO_PROMOTE: null })

  expect(await autoPromoteNow(parts)).toBe('not_worse')
  expect(await shown('DEFAULT_CLASSIFIER')).toMatchObject({ value: 'fruit', source: 'here' })
})

test('a setting of the environment is not changed here, and an unknown classifier cannot be the default', async () => {
  const { parts, owner, data } = await opened({ AUTO_PROMOTE: 'better' })
  await data.storedSettings.keep({ AUTO_PROMOTE: 'off' })

  expect(await autoPromoteNow(parts)).toBe('better')
  await expect(owner.changeSettings({ AUTO_PROMOTE: 'off' })).rejects.toMatchObject({ code: 'conflict' })
  await expect(owner.changeSettings({ DEFAULT_CLASSIFIER: 'pears' })).rejects.toMatchObject({
    code: 'not_found',
  })
})
