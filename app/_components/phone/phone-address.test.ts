import { expect, test } from 'vitest'
import { phoneAddress } from './phone-address.ts'

const local = {
  origin: 'http://localhost:3000',
  host: '0.0.0.0',
  allowedHosts: [] as readonly string[],
  addresses: ['169.254.7.7', '192.168.1.20'],
}

test.each<[string, Partial<typeof local>, string | null]>([
  [
    'the address of the browser, where it is no loopback',
    { origin: 'https://photos.example' },
    'https://photos.example',
  ],
  ['an address in the local network, with the port', {}, 'http://192.168.1.20:3000'],
  [
    'an allowed name before an address',
    { allowedHosts: ['*', '*.example', 'photos.example'] },
    'http://photos.example:3000',
  ],
  [
    'an allowed name with its own port',
    { allowedHosts: ['photos.example:8080'] },
    'http://photos.example:8080',
  ],
  ['no name that leads to the phone itself', { allowedHosts: ['localhost'] }, 'http://192.168.1.20:3000'],
  [
    'none where Darkroom listens on this machine alone',
    { host: '127.0.0.1', allowedHosts: ['photos.example'] },
    null,
  ],
  ['the address that Darkroom listens on', { host: '10.0.0.5' }, 'http://10.0.0.5:3000'],
  ['none without a network', { addresses: [] }, null],
])('%s', (_story, change, address) => {
  expect(phoneAddress({ ...local, ...change })).toBe(address)
})
