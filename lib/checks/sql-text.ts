/**
 * Rule about SQL: statements stand in lib/data/sqlite, where each file gives the reason why it does not use Prisma, in
 * lib/data/postgres, which has the same ones, and in lib/data/database, which opens, migrates and copies databases.
 * Everything else reads and writes through Prisma, so that another database needs only another version of these
 * folders. Comments are not judged.
 */
import ts from 'typescript'
import { isTest } from './module-boundaries.ts'
import { eachFile, type ProjectRule } from './rule.ts'
import type { SourceFile } from './sources.ts'

const PLACES = /^lib\/data\/(sqlite|postgres|database|generated)\//
/** Tables are quoted in every statement; PRAGMA and VACUUM name none. */
const STATEMENT = new RegExp(
  [
    String.raw`\b(INSERT( OR \w+)? INTO|DELETE FROM|UPDATE|FROM|JOIN) "[A-Z]\w*"`,
    String.raw`^\s*(PRAGMA \w|VACUUM\b|BEGIN\b|COMMIT\b|ROLLBACK\b)`,
  ].join('|'),
)

/** Prisma's ways to SQL. */
const RAW = /^(\$(query|execute)Raw(Unsafe)?|prismaSql)$/

export const noSqlText: ProjectRule = {
  name: 'SQL statements are in lib/data/sqlite and lib/data/postgres',
  counts: 'files',
  minimum: 700,
  judge: eachFile(
    (file) => /^(lib|app)\/.*\.tsx?$/.test(file) && !PLACES.test(file) && !isTest(file) && !isOfTools(file),
    sqlIn,
  ),
}

/** Rules and benchmarks look into the file from outside. */
const isOfTools = (file: string): boolean => /^lib\/(checks|commands\/(bench|test-faults))\//.test(file)

export function sqlIn({ file, text }: SourceFile): readonly string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const broken: string[] = []
  const visit = (node: ts.Node): void => {
    if ((ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && STATEMENT.test(literalOf(node))) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
      broken.push(
        `${file}:${line}: contains SQL. Use Prisma, or add a function to lib/data/sqlite and lib/data/postgres.`,
      )
    }
    if (ts.isIdentifier(node) && RAW.test(node.text)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1
      broken.push(
        `${file}:${line}: ${node.text} is for lib/data/sqlite. Use Prisma, or add a function there.`,
      )
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return broken
}

const literalOf = (node: ts.StringLiteralLike | ts.TemplateExpression): string =>
  ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ')
    : node.text
