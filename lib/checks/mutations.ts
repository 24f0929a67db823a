/** The small mistakes that could be in a source: a comparison flipped, a constant or a sign changed. It makes
 *  them; whether a test notices, mutants.ts finds out. */
import ts from 'typescript'

export type Mutation = {
  readonly start: number
  readonly end: number
  readonly line: number
  /** The expression around the change, on one line, and what it becomes. */
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
const LONGEST_SHOWN = 90

/** In the order of the text; text, types and imports have none. */
export function mutationsOf(file: string, text: string): readonly Mutation[] {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Mutation[] = []
  const add = (changed: ts.Node, around: ts.Node, replacement: string): void => {
    const [start, end] = [changed.getStart(), changed.getEnd()]
    const [first, last] = [around.getStart(), around.getEnd()]
    found.push({
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
  return found.toSorted((a, b) => a.start - b.start)
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

/** A literal or a name alone says too little: the expression or declaration that it stands in. */
function aroundOf(node: ts.Node): ts.Node {
  if (ts.isBinaryExpression(node)) return node
  return ts.isSourceFile(node.parent) ? node : node.parent
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)} …` : line
}
