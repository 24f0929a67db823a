/** The user's own account: name, password, sessions; and the one-time link for resetting a
 *  forgotten password. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { password, role } from './people.ts'
import { id, time } from './fields.ts'

export const account = z.object({
  id,
  name: z.string(),
  email: z.string(),
  role,
  has_password: z.boolean().describe('false: the user signs in with OIDC only'),
  has_oidc: z.boolean().describe('true: the account is linked to an OIDC sign-in'),
})

export const getAccount = contract({
  method: 'GET',
  path: '/api/account',
  scope: 'account',
  summary: 'Get the account of the logged-in user',
  input: z.object({}),
  output: account,
})

export const changePassword = contract({
  method: 'POST',
  path: '/api/account/password',
  scope: 'account',
  limited: 'login',
  summary: 'Change your own password; this ends all your other sessions',
  body: 'json',
  input: z.object({ current_password: z.string().min(1).max(200), new_password: password }),
  output: z.object({ id, changed: z.literal(true) }),
  errors: ['invalid_input', 'conflict'],
})

export const endSessions = contract({
  method: 'DELETE',
  path: '/api/account/sessions',
  scope: 'account',
  summary: 'Log out everywhere, which ends all your sessions, including this one',
  input: z.object({}),
  output: z.object({ id, ended: z.literal(true) }),
})

export const createResetLink = contract({
  method: 'POST',
  path: '/api/users/{id}/reset-link',
  scope: 'admin',
  status: 201,
  summary: 'Create a one-time link for setting a new password; it is shown once and replaces an earlier link',
  input: z.object({ id }),
  output: z.object({
    id,
    email: z.string(),
    url: z.string().describe('send it to the user yourself: Darkroom sends no email'),
    path: z.string().describe('the same without the host'),
    expires_at: time,
  }),
  errors: ['not_found', 'conflict'],
})

export const resetPassword = contract({
  method: 'POST',
  path: '/api/reset',
  scope: 'open',
  limited: 'login',
  summary: 'Set a new password with a one-time link; this ends all sessions of the user',
  body: 'json',
  input: z.object({ token: z.string().min(10).max(200), password }),
  output: z.object({ id, email: z.string() }),
  errors: ['forbidden', 'invalid_input'],
})
