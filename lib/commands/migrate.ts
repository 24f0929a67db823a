/** `npm run db:migrate`: applies the migrations of the database and checks the data folder, as every start does, and
 *  ends. For an upgrade of several hosts, before the first of them starts (deploy/kubernetes/migrate.yaml). */
import { parseArgs } from 'node:util'
import { messageOf } from '#lib/domain/errors.ts'
import { prepared } from '#lib/processes/start/run-prepare.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run db:migrate

Applies the migrations of the database and checks the data folder, as every start does, and ends. If no
administrator exists yet, the setup link is printed by the next start.

Settings: DATA_DIR, DATABASE_URL.`

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  try {
    const { remarks } = await prepared((line) => console.error(line))
    for (const remark of remarks) console.log(remark)
  } catch (error) {
    console.error(messageOf(error)) // a sentence for the user
    return 1
  }
  console.log('The data is ready.')
  return 0
}

await runCommand(main)
