import { expect, test } from 'vitest'
import { withoutPassword } from './without-password.ts'

test.each([
  ['postgresql://ada:secret@db.example:5432/darkroom', 'postgresql://ada@db.example:5432/darkroom'],
  ['postgres://ada:se:c%40r@et@db.example/darkroom', 'postgres://ada@db.example/darkroom'],
  [
    'postgresql://db.example/darkroom?user=ada&password=secret',
    'postgresql://db.example/darkroom?user=ada&password=',
  ],
  ['postgresql://ada@db.example/darkroom', 'postgresql://ada@db.example/darkroom'],
  ['file:./data/darkroom.db', 'file:./data/darkroom.db'],
])('%s is shown as %s', (url, shown) => expect(withoutPassword(url)).toBe(shown))
