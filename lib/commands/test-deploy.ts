/**
 * `npm run test:deploy`: compares the files of deploy/ with the published schemas of Compose and Kubernetes, and their
 * environment with the settings. It deploys nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '#lib/processes/settings.ts'
import { resultTable } from './terminal/result-table.ts'
import { runCommand } from './terminal/run-command.ts'
import { checkDeployFiles } from './test-deploy/check-deploy-files.ts'
import { installSchemas, SCHEMA_PACKAGES } from './test-deploy/schemas.ts'

const HELP = `npm run test:deploy

Compares the files of deploy/ with the published schemas of Compose and Kubernetes, in which a field that
does not exist is an error, and their environment variables with the settings of Darkroom. Changed copies
of each file must be refused. The schemas come from npm: ${SCHEMA_PACKAGES.join(', ')}.
Exits with 0 only if every check passes. It takes about ten seconds.

  --help   show this help`

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-deploy-'))
  try {
    const rows = checkDeployFiles(path.join(ROOT, 'deploy'), installSchemas(folder))
    console.log(resultTable(rows))
    const failed = rows.filter(({ holds }) => !holds).length
    console.log(`${rows.length - failed} passed, ${failed} failed`)
    return failed === 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await runCommand(main)
