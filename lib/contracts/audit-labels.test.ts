import { expect, test } from 'vitest'
import { isChange, auditLabel } from './audit-labels.ts'
import type { Contract } from './contract.ts'
import { contracts } from './index.ts'

const changes = (contracts as readonly Contract[])
  .filter(isChange)
  .map(({ method, path }) => `${method} ${path}`)

test.each(changes)('%s reads in the record of changes as what somebody did', (action) => {
  expect(auditLabel(action)).toMatch(/^[a-z]+ [^/{}]+$/)
})

test('no two changes read alike', () => expect(new Set(changes.map(auditLabel)).size).toBe(changes.length))

test('asking for pictures and reading are no changes, making a key is one', () => {
  expect(
    changes.filter((action) => action.startsWith('GET ') || action.startsWith('POST /api/predict')),
  ).toEqual([])
  expect(changes).toContain('POST /api/keys')
})

test('a login reads as it was recorded, and so does what has no words any more', () => {
  expect(['login refused', 'POST /api/gone'].map(auditLabel)).toEqual(['login refused', 'POST /api/gone'])
})
