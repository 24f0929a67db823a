/** Which classifiers lie in the trash: lists of all classifiers leave out what belongs to them. */
import type { Connection } from './connection.ts'

/** For conditions of hand-written statements: the ids, as a sub-select. */
export const TRASHED_CLASSIFIERS = '(SELECT "id" FROM "Classifier" WHERE "trashedAt" IS NOT NULL)'

/** Usually none: one look at a short table. */
export const trashedClassifiers = (connection: Pick<Connection, 'all'>): readonly string[] =>
  connection.all<{ id: string }>(TRASHED_CLASSIFIERS.slice(1, -1)).map(({ id }) => id)

/** ?1 is a classifier, or null for all that are not in the trash. */
export const ofListed = (column: string): string =>
  `CASE WHEN ?1 IS NULL THEN ${column} NOT IN ${TRASHED_CLASSIFIERS} ELSE ${column} = ?1 END`
