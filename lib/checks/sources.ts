/**
 * Reads the program's own sources and their facts: imports, exported types, names used in code, comments.
 * The rules judge them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'

export const ROOT = path.resolve(import.meta.dirname, '../..')

const FOLDERS = ['app', 'lib', 'e2e']
const NOT_SOURCES = new Set(['lib/data/generated', 'node_modules'])
const CODE = /\.(ts|tsx|mts|mjs|js|cjs)$/

export type SourceFile = {
  /** From the root, with forward slashes. */
  readonly file: string
  readonly text: string
}

type WithLine<T> = T & { readonly line: number }

export type Facts = {
  /** Static, type-only, lazy, re-exported and required alike. */
  readonly imports: readonly WithLine<{ specifier: string }>[]
  /**
   * Names and dotted names that code uses, such as `Date.now` and `Math.random`; `new Date()` is that call
   * without arguments.
   */
  readonly uses: readonly WithLine<{ name: string }>[]
  readonly exportedTypes: readonly WithLine<{ name: string }>[]
  readonly exportedNames: readonly string[]
  readonly comments: readonly WithLine<{ text: string }>[]
  /** Parsed JSON whose type is claimed: cast, annotated, or destructured without a type. */
  readonly castJson: readonly WithLine<object>[]
  /** `value as T`, where the value is computed or read and T is neither `const` nor `unknown`. */
  readonly casts: readonly WithLine<object>[]
}

/** Every source of the program: its modules, and the configuration files at the root. */
export function readSources(root: string = ROOT): readonly SourceFile[] {
  const inModules = FOLDERS.flatMap((folder) => walk(root, folder))
  const atRoot = readdirSync(root).filter((name) => CODE.test(name) && !name.endsWith('.d.ts'))
  return [...inModules, ...atRoot].map((file) => ({
    file,
    text: readFileSync(path.join(root, file), 'utf8'),
  }))
}

function walk(root: string, folder: string): string[] {
  if (NOT_SOURCES.has(folder)) return []
  return entriesOf(path.join(root, folder)).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    if (entry.isDirectory()) return walk(root, file)
    return CODE.test(entry.name) ? [file] : []
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

/** The path from the root that an import refers to; undefined for a package. */
export function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#lib/')) return `lib/${specifier.slice('#lib/'.length)}`
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier)
  return undefined
}

const known = new Map<string, Facts>()

/** The facts of one source. Each file is parsed once per process. */
export function factsOf({ file, text }: SourceFile): Facts {
  const key = `${file}\0${text}`
  const before = known.get(key)
  if (before) return before
  const facts = read(file, text)
  known.set(key, facts)
  return facts
}

function read(file: string, text: string): Facts {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const imports: WithLine<{ specifier: string }>[] = []
  const uses: WithLine<{ name: string }>[] = []
  const exportedTypes: WithLine<{ name: string }>[] = []
  const exportedNames: string[] = []
  const comments = new Map<number, WithLine<{ text: string }>>()
  const castJson: WithLine<object>[] = []
  const casts: WithLine<object>[] = []
  const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line + 1
  const note = (specifier: string, node: ts.Node) =>
    imports.push({ specifier, line: lineOf(node.getStart()) })

  const visit = (node: ts.Node): void => {
    if (!ts.isJsxText(node)) {
      for (const range of ts.getLeadingCommentRanges(text, node.pos) ?? []) {
        comments.set(range.pos, { text: text.slice(range.pos, range.end), line: lineOf(range.pos) })
      }
      for (const range of ts.getTrailingCommentRanges(text, node.end) ?? []) {
        comments.set(range.pos, { text: text.slice(range.pos, range.end), line: lineOf(range.pos) })
      }
    }
    const specifier = importedBy(node)
    if (specifier !== undefined) note(specifier, node)
    if (claimsJson(node)) castJson.push({ line: lineOf(node.getStart()) })
    if (isCast(node)) casts.push({ line: lineOf(node.getStart()) })
    const name = usedBy(node)
    if (name !== undefined) uses.push({ name, line: lineOf(node.getStart()) })
    if (isExported(node)) {
      exportedNames.push(...declaredNames(node))
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node)) {
        exportedTypes.push(
          ...declaredNames(node).map((declared) => ({ name: declared, line: lineOf(node.getStart()) })),
        )
      }
    }
    if (ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause)) {
      exportedNames.push(...node.exportClause.elements.map((element) => element.name.text))
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return { imports, uses, exportedTypes, exportedNames, comments: [...comments.values()], castJson, casts }
}

function importedBy(node: ts.Node): string | undefined {
  const literal = (at: ts.Node | undefined) => (at && ts.isStringLiteralLike(at) ? at.text : undefined)
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier)
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined
  if (!ts.isCallExpression(node)) return undefined
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
  const isRequire = /(^|\.)require(\.resolve)?$|^createRequire\(.*\)$/s.test(node.expression.getText())
  return isImport || isRequire ? literal(node.arguments[0]) : undefined
}

function usedBy(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.getText().replace(/\s|\?/g, '')
  if (ts.isNewExpression(node))
    return `new ${node.expression.getText()}(${(node.arguments?.length ?? 0) === 0 ? '' : '…'})`
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) return `${node.expression.text}()`
  return undefined
}

/** `JSON.parse(…) as T`, `(await response.json()) as T`, `const t: T = JSON.parse(…)`, `(text): T =>
 *  JSON.parse(…)` and `const { a } = JSON.parse(…)`; T is not unknown. */
function claimsJson(node: ts.Node): boolean {
  if (ts.isAsExpression(node)) return isParsedJson(node.expression) && !isUnknown(node.type)
  if (ts.isVariableDeclaration(node) && node.initializer && isParsedJson(node.initializer))
    return node.type === undefined ? !ts.isIdentifier(node.name) : !isUnknown(node.type)
  if (ts.isArrowFunction(node) && node.type) return isParsedJson(node.body) && !isUnknown(node.type)
  return false
}

/** A cast literal, such as `[] as string[]`, only names its type. */
const isCast = (node: ts.Node): boolean =>
  ts.isAsExpression(node) &&
  !ts.isConstTypeReference(node.type) &&
  !isUnknown(node.type) &&
  !ts.isLiteralExpression(node.expression) &&
  node.expression.kind !== ts.SyntaxKind.NullKeyword &&
  !ts.isArrayLiteralExpression(node.expression)

const isUnknown = (type: ts.TypeNode): boolean => type.kind === ts.SyntaxKind.UnknownKeyword

function isParsedJson(node: ts.Node): boolean {
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) return isParsedJson(node.expression)
  return ts.isCallExpression(node) && /^JSON\.parse$|\.json$/.test(node.expression.getText())
}

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)

function declaredNames(node: ts.Node): string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map((declaration) => declaration.name.getText())
  const { name } = node as { name?: ts.Node }
  return name ? [name.getText()] : []
}
