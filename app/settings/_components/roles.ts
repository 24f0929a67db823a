/** The roles as the forms of people offer them. What each may do, lib/auth/rights.ts says. */
import type { PersonAnswer } from '#lib/contracts/people.ts'

type Role = PersonAnswer['role']

export const ROLE_CHOICES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: 'viewer', label: 'viewer: view and predict' },
  { value: 'editor', label: 'editor: also correct, upload, label, train, promote' },
  { value: 'admin', label: 'admin: everything' },
]

/** What a form says; the least where it says nothing known. */
export const roleOf = (text: string): Role =>
  ROLE_CHOICES.find(({ value }) => value === text)?.value ?? 'viewer'
