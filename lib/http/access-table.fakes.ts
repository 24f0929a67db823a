/**
 * Which caller may call which route, written by hand: the generated authorisation tests compare every
 * contract with it. The program itself does not read it.
 */
import type { Contract, Scope } from '#lib/contracts/contract.ts'

/** People by role, API keys by their single scope. */
export const CALLERS = [
  'viewer',
  'editor',
  'admin',
  'key predict',
  'key user',
  'key upload',
  'key train',
  'key admin',
] as const
export type CallerName = (typeof CALLERS)[number]

const MAY: Readonly<Record<Scope, readonly CallerName[]>> = {
  open: CALLERS,
  predict: CALLERS,
  view: ['viewer', 'editor', 'admin', 'key user', 'key upload', 'key train', 'key admin'],
  feedback: ['editor', 'admin', 'key user', 'key upload', 'key train', 'key admin'],
  upload: ['editor', 'admin', 'key upload', 'key admin'],
  train: ['editor', 'admin', 'key train', 'key admin'],
  edit: ['editor', 'admin', 'key admin'],
  admin: ['admin', 'key admin'],
  account: ['viewer', 'editor', 'admin'],
  phone: [], // phone links alone: phone-access.test.ts
}

export const mayCall = ({ scope }: Pick<Contract, 'scope'>, caller: CallerName): boolean =>
  MAY[scope].includes(caller)
