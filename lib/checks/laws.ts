/** Every law there is, and `node lib/checks/laws.ts`, which holds the program to them.
 *  Each has canaries in its test: a source that must be caught. */
import { architectureIsCurrent } from './architecture.ts'
import { noCastJson } from './casts.ts'
import { commandsRun } from './commands.ts'
import { commentFiles } from './comment-files.ts'
import { commentsInThePresent, headers } from './comments.ts'
import { noCycles } from './cycles.ts'
import { documentsHold } from './documents.ts'
import { hiddenInputs } from './hidden-inputs.ts'
import { earlierProjectsCovered } from './earlier-projects.ts'
import { eachFile, hold, type Law } from './rule.ts'
import { brokenLaws } from './layers.ts'
import { lineLength } from './line-length.ts'
import { lockIsWhole } from './lockfile.ts'
import { noModuleMocks } from './mocks.ts'
import { modelsPageIsCurrent } from './models-page.ts'
import { drawerNames, nounTypes, typesOnce } from './names.ts'
import { storiesUsePages } from './page-objects.ts'
import { usedPermissions } from './permissions.ts'
import { contractsAndRoutes } from './routes.ts'
import { schemaAndMigrations } from './schema.ts'
import { settingsExplained } from './settings.ts'
import { fileSizes } from './sizes.ts'
import { readSources } from './sources.ts'

const layers: Law = {
  name: 'modules import only the modules and packages that they are allowed',
  counts: 'files',
  floor: 400,
  judge: eachFile(
    () => true,
    ({ file, text }) => brokenLaws(file, text),
  ),
}

export const LAWS: readonly Law[] = [
  layers,
  usedPermissions,
  noCycles,
  drawerNames,
  typesOnce,
  nounTypes,
  fileSizes,
  lineLength,
  hiddenInputs,
  noCastJson,
  noModuleMocks,
  storiesUsePages,
  headers,
  commentsInThePresent,
  commentFiles,
  contractsAndRoutes,
  settingsExplained,
  schemaAndMigrations,
  architectureIsCurrent,
  documentsHold,
  commandsRun,
  lockIsWhole,
  earlierProjectsCovered,
  modelsPageIsCurrent,
]

/** Judges the program as it stands on disk and prints one line per law; answers how many were kept and broken. */
function holdAll(): { passed: number; failed: number } {
  const sources = readSources()
  const results = LAWS.map((law) => {
    const { seen, broken } = holdOrSay(law, sources)
    process.stdout.write(`${broken.length === 0 ? '✓' : '✗'} ${law.name} (${seen} ${law.counts})\n`)
    for (const sentence of broken) process.stdout.write(`    ${sentence}\n`)
    return broken.length === 0
  })
  return { passed: results.filter(Boolean).length, failed: results.filter((kept) => !kept).length }
}

/** A law that cannot even look is broken, and the others are still held. */
function holdOrSay(law: Law, sources: ReturnType<typeof readSources>) {
  try {
    return hold(law, sources)
  } catch (error) {
    return {
      seen: 0,
      broken: [`The rule could not be checked: ${error instanceof Error ? error.message : String(error)}`],
    }
  }
}

if (import.meta.main) {
  const { passed, failed } = holdAll()
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
