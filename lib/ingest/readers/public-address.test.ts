import { expect, test } from 'vitest'
import { isPublicAddress } from './public-address.ts'

test.each([
  '1.1.1.1',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '2606:4700:4700::1111',
  '64:ff9b::101:101', // 1.1.1.1
])('%s is public', (address) => expect(isPublicAddress(address)).toBe(true))

test.each([
  '127.0.0.1',
  '127.255.1.2',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:1.1.1.1',
  'fc00::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  '2001:db8::1',
  '2001:0:7f00:1::', // Teredo
  '2002:7f00:1::', // 6to4 of 127.0.0.1
  '64:ff9b::7f00:1', // 127.0.0.1
  '64:ff9b::a9fe:a9fe', // 169.254.169.254
  '64:ff9b::',
  'localhost',
  '127.1',
  '',
])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false))
