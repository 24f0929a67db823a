/**
 * `npm run format`: formats every source with Prettier and the settings of .prettierrc.json; `--check`
 * changes nothing and lists the files that differ, as `npm test` does. It does not judge the content of a
 * file.
 */
import { runToEnd, printLine } from './child.ts'
import { ROOT } from './sources.ts'

const HELP = `npm run format [-- --check] [FILE …]

Formats the sources, or the given files, with Prettier.
--check changes nothing, lists the files that differ, and exits with 1 if there are any.`

/** Formats the files that differ and prints their names. */
const WRITE = ['--write', '--list-different']
/** Prints the names of the files that differ, and fails. */
const CHECK_FORMAT = ['--check', '--log-level', 'warn']
/** Unchanged files that were checked before are not parsed again. */
const PRETTIER = ['node_modules/prettier/bin/prettier.cjs', '--cache', '--cache-strategy', 'content']

if (import.meta.main) {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) printLine(HELP)
  else {
    const files = args.filter((arg) => arg !== '--check')
    const { code } = await runToEnd(
      process.execPath,
      [
        ...PRETTIER,
        ...(args.includes('--check') ? CHECK_FORMAT : WRITE),
        ...(files.length > 0 ? files : ['.']),
      ],
      { cwd: ROOT, isShown: true },
    )
    process.exitCode = code
  }
}
