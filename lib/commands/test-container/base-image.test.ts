import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '#lib/processes/settings.ts'
import { baseImageOf } from './base-image.ts'

test('the base image has the name and the Debian release that the Dockerfile states', () => {
  const { name, release } = baseImageOf(readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8'))

  expect(name).toBe(`docker.io/library/node:${process.versions.node}-${release}-slim`)
  expect(release).toMatch(/^[a-z]+$/)
})

test('a Dockerfile that starts from something else is refused', () => {
  expect(() => baseImageOf('ARG NODE_VERSION=24.0.0\nFROM alpine\n')).toThrow('does not start from node:')
})
