/** Users with passwords, and keys for scripts. A key's text is returned once, when it is
 *  created, and stored nowhere. */
import { z } from 'zod'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwords.ts'
import { contract } from './contract.ts'
import { classifierId, id, nameOf, time } from './fields.ts'

/** Each scope includes those before it, except `upload` and `train`, which do not include each other. */
export const KEY_SCOPES = ['predict', 'user', 'upload', 'train', 'admin'] as const

export const keyScope = z
  .enum(KEY_SCOPES)
  .describe(
    'predict: predict · user: read the history and images, give feedback · upload: upload images · ' +
      'train: train, promote, evaluate · admin: everything',
  )

const name = nameOf(80)
export const password = z.string().min(MIN_PASSWORD_LENGTH).max(200)
export const ROLES = ['viewer', 'editor', 'admin'] as const
export const role = z
  .enum(ROLES)
  .describe(
    'viewer: view and predict · editor: also give feedback, upload, label, train, promote, roll back · ' +
      'admin: everything',
  )
/** `user` is the old name of the role `editor`, from before there were viewers. */
const roleInput = z
  .enum([...ROLES, 'user'])
  .transform((one) => (one === 'user' ? 'editor' : one))
  .describe('viewer, editor or admin; `user` is an alias of editor')

export const apiKey = z.object({
  id,
  name: z.string(),
  begins_with: z.string().describe('the first characters of the key: "dk_3fA9c2"'),
  scopes: z.array(keyScope),
  created_at: time,
  created_by: z.string().nullable().describe('the name of the user; null if the user was removed'),
  last_used_at: time.nullable().describe('rounded to the minute'),
  expires_at: time.nullable().describe('null: it does not expire'),
  state: z.enum(['valid', 'expires_soon', 'expired']).describe('expires_soon: within 14 days'),
  classifier: classifierId.nullable().describe('the only classifier that the key can access; null: all'),
})
export type KeyAnswer = z.output<typeof apiKey>

export const listKeys = contract({
  method: 'GET',
  path: '/api/keys',
  scope: 'admin',
  summary: 'List the keys, newest first, including expired ones',
  input: z.object({}),
  output: z.object({ keys: z.array(apiKey) }),
})

export const createKey = contract({
  method: 'POST',
  path: '/api/keys',
  scope: 'admin',
  summary: 'Create a key; it is shown only in this response',
  body: 'json',
  status: 201,
  input: z.object({
    name,
    scopes: z.array(keyScope).min(1).max(KEY_SCOPES.length),
    expires_at: time
      .optional()
      .describe('when the key expires; without this and `expires_in_days`, it never does'),
    expires_in_days: z.number().int().min(1).max(3650).optional(),
    classifier: classifierId
      .optional()
      .describe('restricts the key to this classifier; cannot be combined with the scope admin'),
  }),
  output: apiKey.extend({
    key: z.string().describe('send it as "Authorization: Bearer …" or "X-API-Key: …"'),
  }),
  errors: ['invalid_input', 'not_found'],
})

export const revokeKey = contract({
  method: 'DELETE',
  path: '/api/keys/{id}',
  scope: 'admin',
  summary: 'Revoke a key; it stops working immediately',
  input: z.object({ id }),
  output: z.object({ id, deleted: z.literal(true) }),
  errors: ['not_found'],
})

export const person = z.object({
  id,
  name: z.string(),
  email: z.string(),
  role,
  is_disabled: z.boolean().describe('cannot log in, and is logged out everywhere'),
  is_you: z.boolean(),
  created_at: time,
})
export type PersonAnswer = z.output<typeof person>

export const listUsers = contract({
  method: 'GET',
  path: '/api/users',
  scope: 'admin',
  summary: 'List the users, oldest first',
  input: z.object({}),
  output: z.object({ users: z.array(person) }),
})

export const createUser = contract({
  method: 'POST',
  path: '/api/users',
  scope: 'admin',
  summary: 'Add a user',
  body: 'json',
  status: 201,
  input: z.object({ name, email: z.email().max(200), password, role: roleInput.default('editor') }),
  output: person,
  errors: ['conflict', 'invalid_input'],
})

export const changeUser = contract({
  method: 'PATCH',
  path: '/api/users/{id}',
  scope: 'admin',
  summary:
    'Change a user’s name, role or password, or disable the account; a new password or a disabled account ' +
    'ends the user’s sessions',
  body: 'json',
  input: z.object({
    id,
    name: name.optional(),
    role: roleInput.optional(),
    password: password.optional(),
    is_disabled: z.boolean().optional(),
  }),
  output: person,
  errors: ['not_found', 'conflict', 'invalid_input'],
})

export const deleteUser = contract({
  method: 'DELETE',
  path: '/api/users/{id}',
  scope: 'admin',
  summary: 'Remove a user; the last active admin cannot be removed',
  input: z.object({ id }),
  output: z.object({ id, deleted: z.literal(true) }),
  errors: ['not_found', 'conflict'],
})
