/** A child that decodes one image and reports the peak memory, and the estimate. Forked by a
 *  test; never imported. */
import sharp from 'sharp'
import { decodeBytes } from './cost.ts'
import { admit, decodeSized } from './decode.ts'

const MIB = 1024 ** 2
const limits = { maxPixels: 1e9 }

process.once('message', (bytes: Uint8Array) => void measure(bytes))

async function measure(bytes: Uint8Array): Promise<void> {
  await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
    .resize(10, 10)
    .raw()
    .toBuffer() // threads and tables
  const before = process.memoryUsage.rss()
  let peak = before
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 2)
  await decodeSized(bytes, limits)
  clearInterval(watch)
  const { header } = admit(bytes, limits)
  process.send?.(
    {
      peakMb: (Math.max(peak, process.memoryUsage.rss()) - before) / MIB,
      estimatedMb: header === null ? 0 : decodeBytes(header) / MIB,
    },
    () => process.exit(0),
  )
}
