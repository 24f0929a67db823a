import { expect, test } from 'vitest'
import { startAnnouncement } from './start-announcement.ts'

const settings = { HOST: '0.0.0.0', NEXTAUTH_URL: undefined, ROLE: 'all', MEMORY_MB: 2048 } as const
const facts = { settings, port: 3000, seconds: 1.26, remarks: [], setupToken: null }

test('the remarks come first, then the address and the memory for decoding', () => {
  expect(startAnnouncement({ ...facts, remarks: ['One.', 'Two.'] }).split('\n')).toEqual([
    'One.',
    'Two.',
    'Darkroom is ready at http://localhost:3000 (1.3 s)',
    'Image decoding uses at most 400 MB at a time; an image that needs more is refused.',
  ])
})

test.each([
  ['the address that the owner names', { NEXTAUTH_URL: 'https://a.example' }, 'https://a.example'],
  ['an IPv6 address in brackets', { HOST: '::1' }, 'http://[::1]:3000'],
  ['no address of a worker', { ROLE: 'worker' }, 'http://<address of this machine>'],
] as const)('the setup link has %s', (_, more, address) => {
  const text = startAnnouncement({ ...facts, settings: { ...settings, ...more }, setupToken: 'abc' })

  expect(text.split('\n').at(-1)).toBe(
    `No administrator account exists yet. Create it at ${address}/setup?token=abc`,
  )
})
