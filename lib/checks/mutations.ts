/**
 * The small mistakes that a source could contain: a flipped comparison, a changed constant or sign. It only
 * makes them; mutants.ts finds out whether a test detects them.
 */
import ts from 'typescript'

export type Mutation = {
  readonly start: number
  readonly end: number
  readonly line: number
  /** The expression around the change, on one line, and its replacement. */
  readonly from: string
  readonly to: string
  readonly replacement: string
}

const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
  [ts.SyntaxKind.SlashToken, '*'],
])
const CALLS: ReadonlyMap<string, string> = new Map([
  ['Math.max', 'Math.min'],
  ['Math.min', 'Math.max'],
  ['Math.floor', 'Math.ceil'],
  ['Math.ceil', 'Math.floor'],
  ['Math.round', 'Math.floor'],
])
const LONGEST_EXCERPT = 90

/** In text order; strings, types and imports are not changed. */
export function mutationsOf(file: string, text: string): readonly Mutation[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const mutations: Mutation[] = []
  const add = (changed: ts.Node, around: ts.Node, replacement: string): void => {
    const [start, end] = [changed.getStart(), changed.getEnd()]
    const [first, last] = [around.getStart(), around.getEnd()]
    mutations.push({
      start,
      end,
      line: tree.getLineAndCharacterOfPosition(start).line + 1,
      from: oneLine(text.slice(first, last)),
      to: oneLine(text.slice(first, start) + replacement + text.slice(end, last)),
      replacement,
    })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return
    const replacement = replacementOf(node)
    if (replacement) add(replacement.node, aroundOf(node), replacement.text)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return mutations.toSorted((a, b) => a.start - b.start)
}

export const mutated = (text: string, { start, end, replacement }: Mutation): string =>
  text.slice(0, start) + replacement + text.slice(end)

function replacementOf(node: ts.Node): { readonly node: ts.Node; readonly text: string } | null {
  if (ts.isBinaryExpression(node)) {
    const flipped = OPERATORS.get(node.operatorToken.kind)
    const joinsText = [node.left, node.right].some(ts.isStringLiteralLike)
    return flipped === undefined || joinsText ? null : { node: node.operatorToken, text: flipped }
  }
  if (ts.isNumericLiteral(node)) return { node, text: String(Number(node.text.replaceAll('_', '')) + 1) }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { node, text: 'false' }
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { node, text: 'true' }
  if (ts.isPropertyAccessExpression(node)) {
    const other = CALLS.get(node.getText())
    return other === undefined ? null : { node, text: other }
  }
  return null
}

/** A literal or a name alone is not clear: the expression or declaration around it. */
function aroundOf(node: ts.Node): ts.Node {
  if (ts.isBinaryExpression(node)) return node
  return ts.isSourceFile(node.parent) ? node : node.parent
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > LONGEST_EXCERPT ? `${line.slice(0, LONGEST_EXCERPT)} …` : line
}
