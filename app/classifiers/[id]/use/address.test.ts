import { expect, test } from 'vitest'
import { isOnThisDeviceOnly } from './address.ts'

test.each([
  ['http://127.0.0.1:3000', true],
  ['http://localhost:3000', true],
  ['http://[::1]:3000', true],
  ['http://192.168.1.20:3000', false],
  ['https://photos.example', false],
  ['http://127.example.org', false],
])('%s leads to the device itself: %s', (address, isLoopback) => {
  expect(isOnThisDeviceOnly(address)).toBe(isLoopback)
})
