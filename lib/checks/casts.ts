/**
 * Rule about parsed JSON: it has no type until a schema or a type check in code has given it one. A cast,
 * or an annotation on the result of JSON.parse, only claims a type. Tests may claim.
 */
import { isTest } from './module-boundaries.ts'
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

export const noCastJson: ProjectRule = {
  name: 'no cast of parsed JSON',
  counts: 'files',
  minimum: 400,
  judge: eachFile((file) => /^(lib|app)\/.*\.tsx?$/.test(file) && !isTest(file), castsIn),
}

export function castsIn(source: SourceFile): readonly string[] {
  return factsOf(source).castJson.map(
    ({ line }) => `${source.file}:${line}: casts parsed JSON. Parse it with a schema, or check each field.`,
  )
}
