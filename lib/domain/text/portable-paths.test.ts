import { expect, test } from 'vitest'
import { locatedPaths, portablePaths } from './portable-paths.ts'

const draft = {
  start: { kind: 'choose-network', candidates: [{ name: 'a', folder: '/data/bodies/a/v1' }] },
  teaching: { folders: ['/data/models/fruits/v3', '/opt/darkroom/models/fruits/v1'] },
  classes: ['/database', 'apple'],
  seed: 7,
}

test('a plan that one host stored names the same folders below the data folder of another host', () => {
  const stored = portablePaths(draft, '/data')

  expect(locatedPaths(stored, '/srv/darkroom')).toEqual({
    ...draft,
    start: { kind: 'choose-network', candidates: [{ name: 'a', folder: '/srv/darkroom/bodies/a/v1' }] },
    teaching: { folders: ['/srv/darkroom/models/fruits/v3', '/opt/darkroom/models/fruits/v1'] },
  })
  expect(locatedPaths(stored, '/data')).toEqual(draft)
})

test('a plan from before paths were stored relative keeps its paths', () => {
  expect(locatedPaths(draft, '/srv/darkroom')).toEqual(draft)
})

test('a path of Windows is found on another system', () => {
  const stored = portablePaths({ folder: 'C:\\data\\bodies\\a\\v1' }, 'C:\\data')

  expect(locatedPaths(stored, '/data')).toEqual({ folder: '/data/bodies/a/v1' })
})
