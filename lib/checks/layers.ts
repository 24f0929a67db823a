/**
 * Rule about the direction of imports: a module imports only the modules in its row, and a package only
 * where it is its owner. Type-only, lazy, re-exported and required imports count like any other. The table
 * itself is module-boundaries.ts.
 */
import { isTest, moduleOf, MODULES, PACKAGE_OWNERS, TEST_PACKAGES, type Module } from './module-boundaries.ts'
import { factsOf, targetOf, type SourceFile } from './sources.ts'

/** One sentence per broken rule, beginning with the place. */
export function brokenRules(file: string, text: string): string[] {
  const moduleName = moduleOf(file)
  if (!moduleName)
    return [
      `${file}: belongs to no module. Add a row to lib/checks/module-boundaries.ts (docs/architecture.md).`,
    ]
  const source: SourceFile = { file, text }
  return factsOf(source).imports.flatMap(({ specifier, line }) => {
    const objection = objectionTo(file, moduleName, specifier)
    return objection ? [`${file}:${line}: ${objection} See docs/architecture.md.`] : []
  })
}

/**
 * The modules that a file may import from: a test may import what the two composing modules may, plus its
 * own row.
 */
function allowedModules(file: string, moduleName: Module): readonly string[] {
  const asComposer: readonly string[] = isTest(file)
    ? ['processes', ...MODULES.processes.may, ...MODULES.commands.may]
    : []
  return [...new Set([...asComposer, ...MODULES[moduleName].may, moduleName])]
}

function objectionTo(file: string, moduleName: Module, specifier: string): string | undefined {
  const target = targetOf(file, specifier)
  if (target === undefined) return outsideObjection(file, moduleName, specifier)
  if (target.startsWith('lib/data/generated/'))
    return moduleName === 'data' || moduleName === 'queries'
      ? undefined
      : `the generated database client may only be used in lib/data and lib/queries; ${moduleName} gets domain values.`
  if (/\.fakes\.tsx?$/.test(target) && !isTest(file) && moduleName !== 'e2e')
    return `${specifier} is a fake: only tests import it.`
  const theirs = moduleOf(target)
  if (!theirs)
    return /\.(css|svg|png|woff2|json)$/.test(target) ? undefined : `${specifier} belongs to no module.`
  const allowed = allowedModules(file, moduleName)
  if (allowed.includes(theirs)) return undefined
  return (
    `${moduleName} may not import ${theirs} (${specifier}). Allowed here: ` +
    `${list(allowed.filter((name) => name !== moduleName))}.`
  )
}

function outsideObjection(file: string, moduleName: Module, specifier: string): string | undefined {
  if (TEST_PACKAGES.some((name) => name === specifier))
    return isTest(file) || moduleName === 'checks' ? undefined : `${specifier} is for tests only.`
  const row = PACKAGE_OWNERS.find(([packages]) => packages.some((pattern) => fits(pattern, specifier)))
  if (!row)
    return (
      `the package ${specifier} has no owner. Add a row to PACKAGE_OWNERS (lib/checks/module-boundaries.ts), ` +
      'with the module that will own it.'
    )
  const modules: readonly Module[] = row[1]
  const ours: readonly Module[] = isTest(file) ? [moduleName, 'processes', 'children'] : [moduleName]
  return ours.some((name) => modules.includes(name))
    ? undefined
    : `only ${list(modules)} may import ${specifier}, not ${moduleName}.`
}

const fits = (pattern: string, specifier: string): boolean =>
  pattern.endsWith('*')
    ? specifier.startsWith(pattern.slice(0, -1))
    : specifier === pattern || specifier.startsWith(`${pattern}/`)

const list = (names: readonly string[]): string => (names.length === 0 ? 'only itself' : names.join(', '))
