/**
 * Rule about permissions: every permission in module-boundaries.ts is used by some file, and every module
 * has files. layers.ts catches imports that the table does not allow.
 */
import type { ProjectRule } from './rule.ts'
import { isTest, moduleOf, MODULES, PACKAGE_OWNERS, type Module } from './module-boundaries.ts'
import { factsOf, targetOf, type SourceFile } from './sources.ts'

/** Node itself has no owner: its row says where code runs, not which module needs it. */
const PLATFORM = 'node:*'

export const usedPermissions: ProjectRule = {
  name: 'every permission in the table of modules is used',
  counts: 'files',
  minimum: 400,
  judge: (sources) => ({ checked: sources.length, broken: unusedIn(sources, MODULES, PACKAGE_OWNERS) }),
}

type Rows = Readonly<Record<string, { readonly may: readonly string[] }>>
type Owners = readonly (readonly [packages: readonly string[], modules: readonly string[]])[]

export function unusedIn(sources: readonly SourceFile[], modules: Rows, owners: Owners): readonly string[] {
  const { entered, imports, packages } = usesOf(sources)
  const phantoms = Object.keys(modules).filter((moduleName) => !entered.has(moduleName))
  return [
    ...phantoms.map(
      (moduleName) => `lib/checks/module-boundaries.ts: no file belongs to ${moduleName}. Remove its row.`,
    ),
    ...Object.entries(modules)
      .filter(([moduleName]) => entered.has(moduleName))
      .flatMap(([moduleName, { may }]) =>
        may
          .filter((other) => !imports.has(`${moduleName} ${other}`))
          .map(
            (other) =>
              `lib/checks/module-boundaries.ts: ${moduleName} imports nothing from ${other}. Remove it from the row.`,
          ),
      ),
    ...owners
      .filter(([names]) => !names.includes(PLATFORM))
      .flatMap(([names, owners]) =>
        owners
          .filter(
            (moduleName) =>
              !packages.some(
                (use) => use.moduleName === moduleName && names.some((name) => fits(name, use.name)),
              ),
          )
          .map(
            (moduleName) =>
              `lib/checks/module-boundaries.ts: ${moduleName} imports none of ${names.join(', ')}. ` +
              'Remove it from PACKAGE_OWNERS.',
          ),
      ),
  ]
}

/**
 * Tests may import more than their module. An import by a test justifies a package in a row, but not
 * another module.
 */
function usesOf(sources: readonly SourceFile[]) {
  const entered = new Set<string>()
  const imports = new Set<string>()
  const packages: { readonly moduleName: Module; readonly name: string }[] = []
  for (const source of sources) {
    const moduleName = moduleOf(source.file)
    if (!moduleName) continue
    entered.add(moduleName)
    for (const { specifier } of factsOf(source).imports) {
      const target = targetOf(source.file, specifier)
      if (target === undefined) packages.push({ moduleName, name: specifier })
      else if (!isTest(source.file)) imports.add(`${moduleName} ${moduleOf(target)}`)
    }
  }
  return { entered, imports, packages }
}

const fits = (pattern: string, specifier: string): boolean =>
  pattern.endsWith('*')
    ? specifier.startsWith(pattern.slice(0, -1))
    : specifier === pattern || specifier.startsWith(`${pattern}/`)
