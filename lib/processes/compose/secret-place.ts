/** Where the secrets of this start are kept: with the database, if hosts share it. */
import type { SecretPlace } from '#lib/auth/secret.ts'
import type { Data } from '#lib/data/data.ts'
import type { Start } from '../settings.ts'

export const secretPlace = (
  { places }: Start,
  { storedSettings }: Pick<Data, 'storedSettings'>,
): SecretPlace => ({
  dataDir: places.dataDir,
  shared: isShared(places) ? storedSettings : null,
})

/** Whether other hosts may use the same database: process ids and files of this machine mean nothing to them. */
export const isShared = ({ databaseUrl }: Start['places']): boolean => databaseUrl !== undefined
