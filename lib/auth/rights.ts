/**
 * The scopes of each role of a person and of each key scope. lib/http/access.ts decides whether a caller
 * may call a route.
 */
import type { Scope } from '#lib/contracts/contract.ts'
import type { KEY_SCOPES } from '#lib/contracts/people.ts'
import type { Role } from '#lib/data/values.ts'

/**
 * `open` is granted to everyone. An editor may neither delete permanently nor delete classifiers: those
 * routes are `admin`.
 */
export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: ['open', 'predict', 'view', 'account'],
  editor: ['open', 'predict', 'view', 'feedback', 'upload', 'train', 'edit', 'account'],
  admin: ['open', 'predict', 'view', 'feedback', 'upload', 'train', 'edit', 'admin', 'account'],
}

/** The names of a key's scopes are older than the roles and keep their meaning: `user` reads and corrects. */
export const SCOPES_OF_KEY: Readonly<Record<(typeof KEY_SCOPES)[number], readonly Scope[]>> = {
  predict: ['open', 'predict'],
  user: ['open', 'predict', 'view', 'feedback'],
  upload: ['open', 'predict', 'view', 'feedback', 'upload'],
  train: ['open', 'predict', 'view', 'feedback', 'train'],
  admin: ['open', 'predict', 'view', 'feedback', 'upload', 'train', 'edit', 'admin'],
}

/**
 * What OPEN_ACTIONS grants to anonymous clients: the upload and retrain pages show reports and runs, so
 * reading and correcting are included.
 */
export const OPENED_TO_ANONYMOUS: readonly Scope[] = ['view', 'feedback', 'upload', 'train']
