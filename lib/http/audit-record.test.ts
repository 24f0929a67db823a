import { expect, test } from 'vitest'
import { resetPassword } from '#lib/contracts/account.ts'
import type { Caller } from '#lib/contracts/contract.ts'
import { firstAdmin } from '#lib/contracts/operations.ts'
import { recordOf } from './audit-record.ts'

const anonymous: Caller = { kind: 'anonymous', id: null, name: null, scopes: [] }

test.each([
  [firstAdmin, 'setup link'],
  [resetPassword, 'reset link'],
] as const)(
  'a change that a link permits is recorded with the link, not as made by anybody',
  (contract, by) => {
    const input = { token: 'a-secret-of-the-link', password: 'correct horse' }
    const output = { email: 'ada@example.org' }

    const record = recordOf(contract, { caller: anonymous, input, output, before: null })

    expect(record).toMatchObject({ by, byId: null, subject: 'ada@example.org' })
    expect(JSON.stringify(record)).not.toContain('a-secret-of-the-link')
  },
)
