import decodeQR from 'qr/decode.js'
import { expect, test } from 'vitest'
import { qrCode } from './qr-code.ts'

const SCALE = 4 // pixels per module, as a camera sees it

test('a scanner reads the address from the drawn code', () => {
  const address = 'http://192.168.1.20:3000/classifiers/my-leaves/predict'
  const { size, path } = qrCode(address)
  const width = size * SCALE
  const data = new Uint8Array(width * width * 3).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let i = 0; i < SCALE * SCALE; i += 1) {
      const row = Number(y) * SCALE + Math.floor(i / SCALE)
      data.fill(
        0,
        (row * width + Number(x) * SCALE + (i % SCALE)) * 3,
        (row * width + Number(x) * SCALE + (i % SCALE) + 1) * 3,
      )
    }

  expect(decodeQR({ width, height: width, data })).toBe(address)
})
