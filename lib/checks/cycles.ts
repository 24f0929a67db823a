/**
 * Rule about import order inside a module: no file reaches itself by its imports, type-only ones included.
 * layers.ts decides which module may import which.
 */
import type { ProjectRule } from './rule.ts'
import { factsOf, targetOf, type SourceFile } from './sources.ts'

export const noCycles: ProjectRule = {
  name: 'no file imports itself through other files',
  counts: 'files',
  minimum: 400,
  judge: (sources) => ({ checked: sources.length, broken: cyclesIn(sources) }),
}

/** One sentence for each group of files that import each other. */
export function cyclesIn(sources: readonly SourceFile[]): readonly string[] {
  const files = new Set(sources.map(({ file }) => file))
  const importsOf = new Map(
    sources.map((source) => [
      source.file,
      [...new Set(factsOf(source).imports.map(({ specifier }) => targetOf(source.file, specifier)))].filter(
        (target) => target !== undefined && files.has(target),
      ) as readonly string[],
    ]),
  )
  return groupsThatReachThemselves(importsOf).map(
    (group) =>
      `${group[0]}: imports itself through ${shortestWay(group[0]!, importsOf).slice(1).join(' → ')}. Move what ` +
      'both need, often a type, to a separate file.',
  )
}

/** Strongly connected components of more than one file, or of one that imports itself (Tarjan 1972). */
function groupsThatReachThemselves(
  importsOf: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const index = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const groups: string[][] = []
  const visit = (file: string): void => {
    index.set(file, index.size)
    lowest.set(file, index.get(file)!)
    stack.push(file)
    for (const next of importsOf.get(file) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!))
    }
    if (lowest.get(file) !== index.get(file)) return
    const group = stack.splice(stack.indexOf(file))
    if (group.length > 1 || importsOf.get(file)?.includes(file)) groups.push(group.toSorted())
  }
  for (const file of importsOf.keys()) if (!index.has(file)) visit(file)
  return groups.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
}

/** From a file back to itself, breadth first. */
function shortestWay(file: string, importsOf: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const ways: (readonly string[])[] = [[file]]
  const visited = new Set<string>()
  for (const way of ways) {
    for (const next of importsOf.get(way.at(-1)!) ?? []) {
      if (next === file) return [...way, file]
      if (visited.has(next)) continue
      visited.add(next)
      ways.push([...way, next])
    }
  }
  return [file, file]
}
