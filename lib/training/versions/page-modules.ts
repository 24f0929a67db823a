/** Our own modules for a page that has no server: their types stripped, each under its name in an import map. A bundler
 *  would be a large dependency for two dozen files that import only each other. */
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import path from 'node:path'

/** Imports that are left after types are stripped: `from '…'`, and `import '…'` alone. */
const IMPORT = /(\bfrom\s*|^\s*import\s*)'([^']+)'/gm

/** The sources by name (`#lib/…`), of a module and all that it imports, in plain JavaScript.
 *  @param entry from the root, such as `lib/browser/web-page.ts`
 *  @throws Error for an import that is not ours: it could not be resolved in the page */
export async function pageModules(root: string, entry: string): Promise<ReadonlyMap<string, string>> {
  const modules = new Map<string, string>()
  const add = async (file: string): Promise<void> => {
    const name = `#${file}`
    if (modules.has(name)) return
    modules.set(name, '')
    const source = stripTypeScriptTypes(await readFile(path.join(root, file), 'utf8'))
    const imported: string[] = []
    const rewritten = source.replace(IMPORT, (_, before: string, specifier: string) => {
      const target = targetOf(file, specifier)
      imported.push(target)
      return `${before}'#${target}'`
    })
    modules.set(name, rewritten)
    for (const target of imported) await add(target)
  }
  await add(entry)
  return modules
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('#lib/')) return specifier.slice(1)
  if (specifier.startsWith('.')) return path.posix.join(path.posix.dirname(file), specifier)
  throw new Error(`${file} imports ${specifier}, which a page without a server cannot load`)
}
