import { expect, test } from 'vitest'
import { hostOf, hostRule } from './hosts.ts'

const allows = (text: string, allowed: readonly string[] = []): boolean | null => {
  const host = hostOf(text)
  return host && hostRule({ allowed, machine: 'Darkbox.local', origin: 'https://images.example.org/' })(host)
}

test.each([
  '127.0.0.1',
  '127.0.0.1:3000',
  '192.0.2.7:80',
  '[::1]',
  '[::1]:3000',
  '[2001:db8::7]:443',
  '[fe80::1%25eth0]:3000',
  '[::ffff:192.0.2.1]',
  'localhost',
  'LOCALHOST:3000',
  'localhost.',
  'localhost.:3000',
  'localhost:',
  'app.localhost',
  'darkbox',
  'DarkBox.local:3000',
  'darkbox.local.',
  'images.example.org',
  'IMAGES.example.org.:443',
])('%s is one of our names without any setting', (host) => expect(allows(host)).toBe(true))

test.each([
  'evil.example',
  'images.example.org.evil.example',
  'evil-images.example.org',
  'darkbox.evil.example',
  'localhost.evil.example',
  '127.0.0.1.nip.example',
  '2130706433',
  '0x7f.1',
  'notlocalhost',
])('%s is not', (host) => expect(allows(host)).toBe(false))

test.each([
  ['photos.example', ['photos.example'], true],
  ['Photos.Example.:8080', ['photos.example'], true],
  ['photos.example:8080', ['photos.example:8080'], true],
  ['photos.example:9090', ['photos.example:8080'], false],
  ['a.b.photos.example', ['*.photos.example'], true],
  ['photos.example', ['*.photos.example'], false],
  ['evilphotos.example', ['*.photos.example'], false],
  ['anything.example', ['*'], true],
  ['web', ['web', 'darkroom'], true],
])('%s with ALLOWED_HOSTS=%s: %s', (host, allowed, isAllowed) =>
  expect(allows(host, allowed)).toBe(isAllowed),
)

test.each([
  '',
  ' ',
  'a b',
  'a@b',
  'a/b',
  'a:b:c',
  '[::1',
  '::1',
  '[localhost]',
  '[1234]',
  'a:123456',
  'a,b',
  'a\\b',
])('"%s" is not a host', (text) => expect(hostOf(text)).toBeNull())
