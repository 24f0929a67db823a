/**
 * Rule about references: a file or folder that a comment names exists in this repository, because readers
 * have nothing outside it. Files that the program writes, such as model.json, are not references.
 */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { ProjectRule } from './rule.ts'
import { factsOf, ROOT, type SourceFile } from './sources.ts'

const DECISIONS = 'docs/decisions'
const FILE = /(?<![\w/.@*<-])(?:[\w.[\]-]+\/)*[\w[\]-][\w.[\]-]*\.(?:tsx?|mjs|md|sql|py|css|prisma)\b/g
const FOLDER = /(?<![\w/.-])(?:lib|app|e2e|docs|prisma|artillery|deploy|models)\/[\w./[\]-]*\w/g

export const commentFiles: ProjectRule = {
  name: 'files that comments name exist',
  counts: 'comments',
  minimum: 1000,
  judge: (sources) => ({
    checked: sources.flatMap((source) => factsOf(source).comments).length,
    broken: namedInVain(sources, (file) => existsSync(path.join(ROOT, file)) || isDecision(file)),
  }),
}

/** A decision record is named by its number alone. */
const isDecision = (file: string): boolean =>
  file.startsWith(`${DECISIONS}/`) &&
  readdirSync(path.join(ROOT, DECISIONS)).some((name) => name.startsWith(`${path.posix.basename(file)}-`))

export function namedInVain(
  sources: readonly SourceFile[],
  exists: (file: string) => boolean,
): readonly string[] {
  const names = new Set(sources.map(({ file }) => path.posix.basename(file)))
  return sources.flatMap((source) => {
    const folder = path.posix.dirname(source.file)
    const isThere = (named: string): boolean =>
      names.has(named) || [named, `${named}.ts`, path.posix.join(folder, named)].some(exists)
    return factsOf(source).comments.flatMap(({ text, line }) => {
      const named = [...text.matchAll(FILE), ...text.matchAll(FOLDER)].map(([name]) => name)
      return [...new Set(named)]
        .filter((name) => !isThere(name))
        .map(
          (name) => `${source.file}:${line}: ${name} does not exist. Name the file, or say what it contains.`,
        )
    })
  })
}
