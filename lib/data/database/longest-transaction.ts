/** How long a transaction may take, whatever the database. */

/** Prisma would end a transaction after 5 s. A change of 60,000 images takes about 2 s, the rows of an archive of
 *  100,000 a few, and a busy machine several times that. */
export const LONGEST_TRANSACTION_MS = 120_000
