/**
 * Rule about documents: every link has a target, every command that a document names exists, README.md names
 * every command, and no two decision records have the same number. Whether the text is true is for the tests
 * of its subject to show.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { packageFile } from '#lib/contracts/developer-files.ts'
import type { ProjectRule } from './rule.ts'
import { ROOT } from './sources.ts'

const OWN_COMMANDS = new Set(['start', 'test']) // `npm start`, not `npm run start`

export const documentsHold: ProjectRule = {
  name: 'links and commands in documents are valid',
  counts: 'documents',
  minimum: 8,
  judge: () => {
    const files = documents()
    const scripts = Object.keys(
      packageFile.parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'))).scripts,
    )
    const readme = files.includes('README.md') ? readFileSync(path.join(ROOT, 'README.md'), 'utf8') : ''
    return {
      checked: files.length,
      broken: [
        ...files.flatMap((file) => liesIn(file, readFileSync(path.join(ROOT, file), 'utf8'), scripts)),
        ...unnamed(readme, scripts),
        ...numberedTwice(files),
      ],
    }
  },
}

export function liesIn(file: string, text: string, scripts: readonly string[]): readonly string[] {
  const links = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)|\bsrc(?:set)?="([^"\s]+)"/g)]
    .map(([, link, image]) => link ?? image ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
  const commands = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name)
  return [
    ...links
      .filter((link) => !existsSync(path.join(ROOT, path.dirname(file), link)))
      .map((link) => `${file}: the link to ${link} is broken.`),
    ...commands
      .filter((name) => !scripts.includes(name))
      .map((name) => `${file}: there is no command npm run ${name}.`),
  ]
}

export function unnamed(readme: string, scripts: readonly string[]): readonly string[] {
  return scripts
    .map((name) => `npm ${OWN_COMMANDS.has(name) ? '' : 'run '}${name}`)
    .filter((command) => !readme.includes(command))
    .map((command) => `README.md: the command ${command} is missing.`)
}

export function numberedTwice(files: readonly string[]): readonly string[] {
  const numbers = files.map((file) => /^docs\/decisions\/(\d{4})-/.exec(file)?.[1])
  return files
    .filter((_, i) => numbers[i] !== undefined && numbers.indexOf(numbers[i]) < i)
    .map((file) => `${file}: another decision record has this number. Take the next free one.`)
}

export function documents(): readonly string[] {
  const inDocs = readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
  return [...(existsSync(path.join(ROOT, 'README.md')) ? ['README.md'] : []), ...inDocs.toSorted()]
}
