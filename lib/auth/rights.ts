/** Which scopes each role of a person and each scope of a key brings along. Whether a caller may call a
 *  route, lib/http/access.ts decides. */
import type { Scope } from '#lib/contracts/contract.ts'
import type { KEY_SCOPES } from '#lib/contracts/people.ts'
import type { Role } from '#lib/data/values.ts'

/** `open` is everybody's. An editor neither deletes for good nor deletes classifiers: those routes are
 *  `admin`. */
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

/** What OPEN_ACTIONS opens to strangers: the upload and retrain pages show reports and runs, so reading and
 *  correcting come with them. */
export const OPENED_TO_STRANGERS: readonly Scope[] = ['view', 'feedback', 'upload', 'train']
