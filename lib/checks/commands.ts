/**
 * Rule about commands: every script of package.json goes through bootstrap.mjs, bootstrap.mjs knows it, and
 * the program that it runs exists. What a command does is tested elsewhere.
 */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { packageFile } from '#lib/contracts/developer-files.ts'
import type { ProjectRule } from './rule.ts'
import { ROOT } from './sources.ts'

const BOOTSTRAP = 'lib/setup/bootstrap.mjs'

export const commandsRun: ProjectRule = {
  name: 'every npm command has a program',
  counts: 'commands',
  minimum: 10,
  judge: () => {
    const { scripts } = packageFile.parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')))
    const broken = withoutProgram(scripts, readFileSync(path.join(ROOT, BOOTSTRAP), 'utf8'), (file) =>
      existsSync(path.join(ROOT, file)),
    )
    return { checked: Object.keys(scripts).length, broken }
  },
}

export function withoutProgram(
  scripts: Readonly<Record<string, string>>,
  bootstrap: string,
  exists: (file: string) => boolean,
): readonly string[] {
  const programs = new Map(
    [...bootstrap.matchAll(/^ {2}'?([\w:-]+)'?: \{\s*runs: '([^']+)'/gm)].map(([, name = '', file = '']) => [
      name,
      file,
    ]),
  )
  return Object.entries(scripts).flatMap(([name, script]) => {
    const program = programs.get(name)
    if (script !== `node ${BOOTSTRAP} ${name}`)
      return [
        `package.json: the script ${name} does not go through ${BOOTSTRAP}, which prepares what it needs.`,
      ]
    if (program === undefined) return [`${BOOTSTRAP}: has no command ${name}, which package.json lists.`]
    return exists(program) ? [] : [`${program}: npm run ${name} has no program.`]
  })
}
