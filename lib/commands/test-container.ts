/**
 * `npm run test:container`: builds the image of the Dockerfile, runs it as narrowly as it may be run (without root,
 * on a read-only file system, in 512 MB), and reports what was expected and measured.
 */
import { parseArgs } from 'node:util'
import { chooseEngine, NO_ENGINE } from './test-container/choose-engine.ts'
import { checkImage } from './test-container/check-image.ts'
import { resultTable } from './terminal/result-table.ts'
import { ROOT } from '#lib/processes/settings.ts'

const HELP = `npm run test:container [-- options]

Builds the container image with Docker, Podman, or buildah and runc (as root; Debian packages buildah,
runc and mmdebstrap), whichever is here, and runs it: user, read-only file system, health, prediction,
a training run within 512 MB, and signals. Exits with 0 only if every check passes. It takes about
five minutes, most of them for the build.

  --target NAME    a stage of the Dockerfile, such as tensorflow
  --volume S:D     a folder or file S of this machine that the build reads as D, such as a mirror of Python
                   packages with its /etc/pip.conf; not with Docker. Can be repeated
  --keep           keep the image, as darkroom-test
  --no-build       test the image that an earlier --keep left
  --help           show this help`

const TAG = 'darkroom-test'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      target: { type: 'string' },
      volume: { type: 'string', multiple: true, default: [] },
      keep: { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const engine = chooseEngine(ROOT)
  if (engine === null) {
    console.error(NO_ENGINE)
    return 1
  }
  const say = (line: string): void => console.error(line)
  const rows = await checkImage(engine, {
    tag: TAG,
    target: values.target ?? null,
    volumes: values.volume,
    isBuilt: !values['no-build'],
    say,
  })
  if (!values.keep) await engine.remove(TAG)
  console.log(resultTable(rows))
  const failed = rows.filter(({ holds }) => !holds).length
  console.log(`${rows.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
