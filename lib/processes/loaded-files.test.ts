import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { CHILD_FLAGS } from './start/environment.ts'
import { ROOT } from './settings.ts'

const PROGRAM = `
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
for (const file of process.argv.slice(1)) await import('#lib/processes/' + file)
console.log(loaded.join('\\n'))
process.exit(0)`

/** From the root, of this program and of packages. */
async function loadedBy(...files: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...CHILD_FLAGS, '--input-type=module', '--eval', PROGRAM, ...files],
    { cwd: ROOT },
  )
  return stdout.split('\n').map((url) => url.split(`${ROOT}/`)[1] ?? '')
}

/** The modules, and packages that take megabytes, of which some file is loaded. */
const among = (loaded: readonly string[], parts: readonly string[]): readonly string[] =>
  parts.filter((part) => loaded.some((file) => file.startsWith(part)))

test('a process that predicts starts without uploads, training, queries of pages and sharp', async () => {
  const loaded = await loadedBy('answering/run-answering.ts', 'compose/compose-serving.ts')

  expect(among(loaded, ['lib/ingest/', 'lib/training/', 'node_modules/sharp/'])).toEqual([])
  expect(loaded.filter((file) => file.startsWith('lib/queries/'))).toEqual(['lib/queries/open-data.ts'])
  expect(among(loaded, ['lib/serving/', 'lib/server/'])).toEqual(['lib/serving/', 'lib/server/'])
})

test('a process that shows pages starts without an engine and the files of versions', async () => {
  const loaded = await loadedBy('answering/run-answering.ts')

  expect(among(loaded, ['lib/ml/', 'lib/inference/loaded-models', 'lib/ingest/', 'lib/training/'])).toEqual(
    [],
  )
})

test('an idle worker does without what jobs need', async () => {
  const loaded = await loadedBy('jobs/compose-worker.ts')

  expect(
    among(loaded, ['lib/ml/formats/', 'lib/images/', 'lib/training/run/', 'node_modules/sharp/']),
  ).toEqual([])
  expect(among(loaded, ['lib/data/', 'lib/jobs/'])).toEqual(['lib/data/', 'lib/jobs/'])
})
