import { expect, test } from 'vitest'
import { isDatabaseUrl } from './database-url.ts'
import { parseSettings } from './settings.ts'

test.each([
  ['file:./data/darkroom.db', true],
  ['postgresql://user:pass@host:5432/darkroom', true],
  ['postgres://host/darkroom?sslmode=require', true],
  ['postgresql:///darkroom?host=/run/postgresql', true],
  ['postgresql://user:p#ss/word@host/darkroom', false],
  ['postgresql://user:pass@host', false],
  ['mysql://user:pass@host/darkroom', false],
  ['darkroom.db', false],
])('%s is the URL of a database: %s', (url, expected) => expect(isDatabaseUrl(url)).toBe(expected))

test('an error about a setting contains no password and no secret', () => {
  for (const DATABASE_URL of ['mysql://user:hush@host/a', 'postgresql://user:hush#@host/a', 'user:hush@host'])
    expect(parseSettings({ DATABASE_URL, NEXTAUTH_SECRET: 'hush' })).toMatchObject({
      ok: false,
      mistakes: [expect.not.stringContaining('hush'), expect.not.stringContaining('hush')],
    })
})
