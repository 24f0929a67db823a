/** `npm run export -- <classifier> --target …`: a version as a folder for a program that serves models. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { SERVING_TARGETS } from '#lib/contracts/download-formats.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { readStart } from '#lib/processes/settings.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import { isServingTarget, servingFiles } from '#lib/training/versions/serving-files.ts'
import { wrong } from '../terminal/wrong-argument.ts'

/** The program that serves may run as another user. */
const READABLE_FOR_OTHERS = 0o022

type ServingArguments = {
  readonly target: string
  readonly version?: string | undefined
  readonly to?: string | undefined
}

export async function exportForServing(classifier: string, args: ServingArguments): Promise<void> {
  const { target } = args
  if (!isServingTarget(target))
    throw wrong(
      `"${target}" is not a target`,
      `only ${SERVING_TARGETS.join(', ')} are`,
      'See npm run export -- --help.',
    )
  const data = await composeData(readStart())
  try {
    await data.syncShipped()
    const version = await versionOf(data, classifier, args.version)
    const folder = resolve(args.to ?? `${classifier}-${version.name}-${target}`)
    const files = await servingFiles(version, target)
    process.umask(READABLE_FOR_OTHERS)
    for (const { path, content } of files) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, content)
    }
    console.log(`${folder}: ${classifier} ${version.name} for ${target}, ${files.length} files`)
  } finally {
    await data.close()
  }
}

async function versionOf(data: OpenData, classifier: string, name: string | undefined) {
  const { id } = await data.classifiers.get(classifier)
  if (name === undefined) {
    const live = (await data.live.of(id))?.version
    if (live) return data.versions.get(live.id)
    throw wrong(`${classifier} cannot be exported`, 'no version of it is live', 'Choose one with --version.')
  }
  const version = await data.versions.find(id, name)
  if (version) return data.versions.get(version.id)
  throw wrong(
    `${classifier} ${name} cannot be exported`,
    'there is no such version',
    'See the page Versions, or GET /api/models.',
  )
}
