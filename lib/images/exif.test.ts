import sharp from 'sharp'
import { expect, test } from 'vitest'
import { shotOf } from './exif.ts'
import { heicFile } from './heic-file.fakes.ts'

const taken = async (exif: Record<string, Record<string, string>>): Promise<Uint8Array> =>
  sharp({ create: { width: 16, height: 16, channels: 3, background: '#888' } })
    .withExif(exif)
    .jpeg()
    .toBuffer()

test('a JPEG says when and with which camera it was taken', async () => {
  const bytes = await taken({
    IFD0: { Make: 'Acme', Model: 'Phone 7' },
    IFD2: { DateTimeOriginal: '2026:11:21 12:30:05', SubSecTimeOriginal: '25' },
  })

  expect(shotOf(bytes)).toEqual({
    camera: 'Acme Phone 7',
    takenAtMs: Date.UTC(2026, 10, 21, 12, 30, 5, 250),
  })
})

test('a HEIC says it in an item of its own', async () => {
  const jpeg = await taken({ IFD0: { Model: 'Phone 7' }, IFD2: { DateTimeOriginal: '2026:11:21 12:30:05' } })
  const exif = jpeg.subarray(Buffer.from(jpeg).indexOf('Exif\0\0'))
  const entry = Buffer.from('\0\0\0\x15infe\x02\0\0\0\0\x02\0\0Exif\0', 'latin1')
  const heic = Buffer.concat([heicFile(), entry, Buffer.from('0000000c6d64617400000006', 'hex'), exif])

  expect(shotOf(heic)).toEqual({ takenAtMs: Date.UTC(2026, 10, 21, 12, 30, 5), camera: 'Phone 7' })
})

test('without a camera, without a time, and in other files nothing is known', async () => {
  expect(shotOf(await taken({ IFD0: { Model: 'Phone 7' } }))).toBeNull()
  expect(shotOf(await taken({ IFD2: { DateTimeOriginal: '2026:11:21 12:30:05' } }))).toBeNull()
  expect(
    shotOf(await taken({ IFD0: { Model: 'X' }, IFD2: { DateTimeOriginal: '0000:00:00 00:00:00' } })),
  ).toBeNull()
  expect(shotOf(new Uint8Array([0x89, 0x50, 0x4e, 0x47]))).toBeNull()
})

test.each([
  '0000:00:00 00:00:00',
  '2026:13:01 00:00:00',
  '2026:02:30 00:00:00',
  '0050:01:01 00:00:00',
  '9999:99:99 99:99:99',
])('the time %s, which does not exist, is not known', async (DateTimeOriginal) => {
  expect(shotOf(await taken({ IFD0: { Model: 'X' }, IFD2: { DateTimeOriginal } }))).toBeNull()
})

test('a block that is cut off or points beyond its end says nothing, wherever it is cut', async () => {
  const bytes = await taken({
    IFD0: { Make: 'Acme', Model: 'Phone 7' },
    IFD2: { DateTimeOriginal: '2026:11:21 12:30:05' },
  })
  const known = shotOf(bytes)

  for (let length = 0; length < 400; length++) {
    const shot = shotOf(bytes.subarray(0, length))
    expect(shot === null || shot.takenAtMs === known?.takenAtMs).toBe(true)
  }
  for (let at = 20; at < 60; at++) {
    const broken = Uint8Array.from(bytes)
    broken.fill(0xff, at, at + 4)
    expect(() => shotOf(broken)).not.toThrow()
  }
})
