/**
 * All rules, and `node lib/checks/rules.ts`, which checks the program against them. The tests of each rule
 * contain a source that it must catch.
 */
import { architectureIsCurrent } from './architecture.ts'
import { noCastJson, noCastRows } from './casts.ts'
import { commandsRun } from './commands.ts'
import { commentFiles } from './comment-files.ts'
import { commentsInThePresent, headers } from './comments.ts'
import { noCycles } from './cycles.ts'
import { documentsHold } from './documents.ts'
import { hiddenInputs } from './hidden-inputs.ts'
import { earlierProjectsCovered } from './earlier-projects.ts'
import { check, eachFile, type ProjectRule } from './rule.ts'
import { brokenRules } from './layers.ts'
import { lineLength } from './line-length.ts'
import { lockIsWhole } from './lockfile.ts'
import { noModuleMocks } from './mocks.ts'
import { modelsPageIsCurrent } from './models-page.ts'
import { drawerNames, nounTypes, typesOnce } from './names.ts'
import { storiesUsePages } from './page-objects.ts'
import { usedPermissions } from './permissions.ts'
import { contractsAndRoutes } from './routes.ts'
import { schemaAndMigrations } from './schema.ts'
import { privateWords } from './private-words.ts'
import { settingsExplained } from './settings.ts'
import { fileSizes } from './sizes.ts'
import { noSqlText } from './sql-text.ts'
import { readSources } from './sources.ts'

const layers: ProjectRule = {
  name: 'modules import only the modules and packages that they are allowed',
  counts: 'files',
  minimum: 400,
  judge: eachFile(
    () => true,
    ({ file, text }) => brokenRules(file, text),
  ),
}

export const RULES: readonly ProjectRule[] = [
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
  noCastRows,
  noSqlText,
  noModuleMocks,
  storiesUsePages,
  headers,
  commentsInThePresent,
  commentFiles,
  privateWords,
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

/** Checks the program on disk, prints one line per rule, and returns how many passed and failed. */
function checkAll(): { passed: number; failed: number } {
  const sources = readSources()
  const results = RULES.map((rule) => {
    const { checked: seen, broken } = checkOrReport(rule, sources)
    process.stdout.write(`${broken.length === 0 ? '✓' : '✗'} ${rule.name} (${seen} ${rule.counts})\n`)
    for (const sentence of broken) process.stdout.write(`    ${sentence}\n`)
    return broken.length === 0
  })
  return { passed: results.filter(Boolean).length, failed: results.filter((passed) => !passed).length }
}

/** A rule that fails to run is broken; the others are still checked. */
function checkOrReport(rule: ProjectRule, sources: ReturnType<typeof readSources>) {
  try {
    return check(rule, sources)
  } catch (error) {
    return {
      checked: 0,
      broken: [`The rule could not be checked: ${error instanceof Error ? error.message : String(error)}`],
    }
  }
}

if (import.meta.main) {
  const { passed, failed } = checkAll()
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  process.exitCode = failed === 0 ? 0 : 1
}
