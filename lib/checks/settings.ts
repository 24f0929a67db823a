/**
 * Rule about settings: one closed list, each explained in README.md and read somewhere.
 * lib/contracts/settings.ts defines the values.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { settings } from '#lib/contracts/settings.ts'
import type { ProjectRule } from './rule.ts'
import { isTest } from './module-boundaries.ts'
import { ROOT, type SourceFile } from './sources.ts'

const LIST = 'lib/contracts/settings.ts'

export const settingsExplained: ProjectRule = {
  name: 'every setting is explained in README.md and read somewhere',
  counts: 'settings',
  minimum: 20,
  judge: (sources) => {
    const names = Object.keys(settings.shape)
    return { checked: names.length, broken: unexplained(names, readmeText(), sources) }
  },
}

export function unexplained(
  names: readonly string[],
  readme: string,
  sources: readonly SourceFile[],
): readonly string[] {
  const readers = sources.filter(
    ({ file }) => file !== LIST && !isTest(file) && !file.startsWith('lib/checks/'),
  )
  return names.flatMap((name) => {
    const word = new RegExp(`\\b${name}\\b`)
    return [
      ...(word.test(readme) ? [] : [`README.md: the setting ${name} is not explained.`]),
      ...(readers.some(({ text }) => word.test(text)) ? [] : [`${LIST}: nothing reads the setting ${name}.`]),
    ]
  })
}

function readmeText(): string {
  try {
    return readFileSync(path.join(ROOT, 'README.md'), 'utf8')
  } catch {
    return ''
  }
}
