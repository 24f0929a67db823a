import { expect, test } from 'vitest'
import { burstLinks } from '#lib/domain/grouping/groups.ts'
import { shotOf } from '#lib/images/exif.ts'
import { withShotData } from './shot-data.ts'

/** Start, quantisation tables, scan, end: as much of a JPEG as the reader of segments looks at. */
const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xda, 0, 2, 0xff, 0xd9)
const at = (ms: number) => new Date(new Date(2026, 10, 30, 12, 0, 0).getTime() + ms)

test('the server reads what a frame says about its camera and its time, to the millisecond', () => {
  const shots = [0, 250, 1_007].map((ms) =>
    shotOf(withShotData(JPEG, { camera: 'Camera of a browser', takenAt: at(ms) })),
  )

  expect(shots[0]?.camera).toBe('Darkroom Camera of a browser')
  expect(shots.map((shot) => shot!.takenAtMs - shots[0]!.takenAtMs)).toEqual([0, 250, 1_007])
})

test('frames of one recording become one group, and those of another hour another', () => {
  const shots = [0, 250, 500, 3_600_000].map((ms) =>
    shotOf(withShotData(JPEG, { camera: 'Camera of a browser', takenAt: at(ms) })),
  )

  expect(burstLinks(shots)).toEqual([
    [0, 1],
    [1, 2],
  ])
})

test('the image itself stays as it is', () => {
  const written = withShotData(JPEG, { camera: 'x', takenAt: at(0) })

  expect(written.subarray(0, 2)).toEqual(JPEG.subarray(0, 2))
  expect(written.subarray(written.length - JPEG.length + 2)).toEqual(JPEG.subarray(2))
  expect(() => withShotData(Uint8Array.of(1, 2, 3), { camera: 'x', takenAt: at(0) })).toThrow('not a JPEG')
})
