import { expect, test } from 'vitest'
import { isChange, auditLabel } from './audit-labels.ts'
import type { Contract } from './contract.ts'
import { contracts } from './index.ts'

const changes = (contracts as readonly Contract[])
  .filter(isChange)
  .map(({ method, path }) => `${method} ${path}`)

test.each(changes)('%s has a label for the audit log', (action) => {
  expect(auditLabel(action)).toMatch(/^[a-z]+ [^/{}]+$/)
})

test('no two changes have the same label', () =>
  expect(new Set(changes.map(auditLabel)).size).toBe(changes.length))

test('predicting and reading are not changes, creating a key is one', () => {
  expect(
    changes.filter((action) => action.startsWith('GET ') || action.startsWith('POST /api/predict')),
  ).toEqual([])
  expect(changes).toContain('POST /api/keys')
})

test('a login is shown as recorded, and so is an action without a label', () => {
  expect(['login refused', 'POST /api/gone'].map(auditLabel)).toEqual(['login refused', 'POST /api/gone'])
})
