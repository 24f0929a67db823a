/** The law of borders: parsed JSON has no type until a schema or a look at it has given it one. A cast, or an
 *  annotation on what JSON.parse answers, only claims it. Tests may claim. */
import { isTest } from './module-boundaries.ts'
import { eachFile, type Law } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

/** Rows that this program wrote. */
const STILL_CLAIMED: readonly RegExp[] = [/^lib\/data\/store\.ts$/]

export const noCastJson: Law = {
  name: 'no cast of parsed JSON',
  counts: 'files',
  floor: 400,
  judge: eachFile(
    (file) =>
      /^(lib|app)\/.*\.tsx?$/.test(file) && !isTest(file) && !STILL_CLAIMED.some((place) => place.test(file)),
    castsIn,
  ),
}

export function castsIn(source: SourceFile): readonly string[] {
  return factsOf(source).castJson.map(
    ({ line }) => `${source.file}:${line}: casts parsed JSON. Parse it with a schema, or check each field.`,
  )
}
