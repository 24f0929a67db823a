import { expect, test } from 'vitest'
import { frameName, framesIn, MOST_FRAMES, withFrame, withoutFrame, type Burst } from './bursts.ts'

const frame = (key: string) => ({ key, file: new File([], key), url: `blob:${key}` })
const recorded = (...keys: readonly (readonly [burst: string, label: string, frame: string])[]) =>
  keys.reduce<readonly Burst[]>(
    (bursts, [key, label, one]) => withFrame(bursts, { key, label }, frame(one)),
    [],
  )

test('frames join the recording that they belong to, in their order', () => {
  const bursts = recorded(['1', 'cat', 'a'], ['1', 'cat', 'b'], ['2', 'dog', 'c'])

  expect(bursts.map(({ label, frames }) => [label, frames.map(({ key }) => key)])).toEqual([
    ['cat', ['a', 'b']],
    ['dog', ['c']],
  ])
  expect(framesIn(bursts)).toHaveLength(3)
})

test('a recording is gone with its last frame', () => {
  const bursts = recorded(['1', 'cat', 'a'], ['2', 'dog', 'b'], ['2', 'dog', 'c'])

  expect(withoutFrame(bursts, 'a').map(({ label }) => label)).toEqual(['dog'])
  expect(framesIn(withoutFrame(bursts, 'b')).map(({ key }) => key)).toEqual(['a', 'c'])
})

test('the names of the frames of the longest recording sort in their order', () => {
  const at = new Date('2026-11-30T12:00:00.250Z')
  const names = Array.from({ length: MOST_FRAMES }, (_, i) => frameName(at, i + 1))

  expect(names[0]).toBe('camera-2026-11-30-12-00-00-01')
  expect(names.toSorted()).toEqual(names)
  expect(new Set(names).size).toBe(MOST_FRAMES)
})
