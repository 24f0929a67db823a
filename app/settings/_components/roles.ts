/** The roles as the forms show them. Their permissions are in lib/auth/rights.ts. */
import type { PersonAnswer } from '#lib/contracts/people.ts'

type Role = PersonAnswer['role']

export const ROLE_CHOICES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'viewer', label: 'viewer: view and predict' },
  { value: 'editor', label: 'editor: also correct, upload, label, train, promote' },
  { value: 'admin', label: 'admin: everything' },
]

/** The role in a form; the one with the fewest permissions if it is unknown. */
export const roleOf = (text: string): Role =>
  ROLE_CHOICES.find(({ value }) => value === text)?.value ?? 'viewer'
