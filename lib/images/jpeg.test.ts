import { expect, test } from 'vitest'
import { throughJpeg } from './jpeg.ts'

test.each([[1], [3]])(
  'JPEG preserves the content of a square of %i channels, and less of it at a lower quality',
  async (channels) => {
    const square = Uint8Array.from(
      { length: 32 * 32 * channels },
      (_, i) => 128 + 100 * Math.sin(Math.floor(i / channels) / 5),
    )
    const off = async (quality: number) => {
      const left = await throughJpeg(square, { size: 32, channels }, quality)
      expect(left).toHaveLength(square.length)
      return Math.sqrt(left.reduce((sum, value, i) => sum + (value - square[i]!) ** 2, 0) / left.length)
    }

    const [good, poor] = [await off(95), await off(10)]

    expect(good).toBeLessThan(5)
    expect(poor).toBeGreaterThan(good)
  },
)
