/** `npm run format`: lays out every source as Prettier does it, with the settings of .prettierrc.json; `--check`
 *  changes nothing and lists what differs, as `npm test` does. It does not judge what a file says. */
import { runToEnd, sayLine } from './child.ts'
import { ROOT } from './sources.ts'

const HELP = `npm run format [-- --check] [FILE …]

Formats the sources, or the given files, with Prettier.
--check changes nothing, lists the files that differ, and exits with 1 if there are any.`

/** Writes what differs and prints its name. */
const WRITE = ['--write', '--list-different']
/** Names what differs and fails. */
const CHECK_FORMAT = ['--check', '--log-level', 'warn']
/** What was judged before and has not changed is not parsed again. */
const PRETTIER = ['node_modules/prettier/bin/prettier.cjs', '--cache', '--cache-strategy', 'content']

if (import.meta.main) {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) sayLine(HELP)
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
