/**
 * `npm run export -- snapshot …`: what the API offers as downloads, written without a running server. It changes no row
 * except a snapshot of images as they are now.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import { SERVING_TARGETS } from '#lib/contracts/download-formats.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { readStart, VERSION } from '#lib/processes/settings.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import { classifierZip } from '#lib/training/versions/classifier-zip.ts'
import { createSnapshotCases } from '#lib/training/versions/snapshots.ts'
import { wrong } from './terminal/wrong-argument.ts'
import { createLines } from './terminal/progress-line.ts'
import { exportForServing } from './export/export-for-serving.ts'
import { writeAnswer } from './export/write-answer.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run export -- snapshot <classifier> [--version V | --id ID] [--to FILE]
npm run export -- classifier <classifier> [--to FILE]
npm run export -- <classifier> --target TARGET [--version V] [--to DIR]

Writes a ZIP archive or a folder, without a running server.

  snapshot     images in class folders, with splits and metadata.jsonl: Darkroom reads them back as the same
               snapshot, and Keras, torchvision and Hugging Face datasets read them as they are
  classifier   everything but the history of predictions, for npm run import -- --classifier FILE

  --target     the live version, or that of --version, for a program that serves models:
               ${SERVING_TARGETS.join(', ')} (docs/serving-elsewhere.md)
  --version V  of a snapshot: the images that this version was trained on (default: the images as they are now)
  --id ID      a snapshot of GET /api/snapshots
  --to FILE    where to write (default: the name that the download has, in this folder); an existing file is replaced
  --help       show this help

Settings: DATA_DIR, DATABASE_URL.`

type ExportArguments = { readonly version?: string | undefined; readonly id?: string | undefined }

const EXPORTS: Readonly<
  Record<string, (data: OpenData, classifier: string, args: ExportArguments) => Promise<FileAnswer>>
> = {
  classifier: (data, classifier) =>
    classifierZip(
      classifier,
      { data, codeVersion: VERSION, now: () => new Date() },
      new AbortController().signal,
    ),
  async snapshot(data, classifier, args) {
    const cases = createSnapshotCases(data)
    return cases.exportSnapshot(
      { id: await snapshotId(data, classifier, args) },
      { signal: new AbortController().signal },
    )
  },
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const
  const {
    values,
    positionals: [what, classifier],
  } = parseArgs({
    allowPositionals: true,
    options: {
      version: text,
      id: text,
      to: text,
      target: text,
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (!values.help && values.target !== undefined && what !== undefined) {
    await exportForServing(what, { ...values, target: values.target })
    return 0
  }
  if (values.help || what === undefined || classifier === undefined) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const exporting = Object.hasOwn(EXPORTS, what) ? EXPORTS[what] : undefined
  if (exporting === undefined)
    throw wrong(
      `"${what}" cannot be exported`,
      `only ${Object.keys(EXPORTS).join(', ')} can be`,
      'See npm run export -- --help.',
    )
  const data = await composeData(readStart())
  try {
    const answer = await exporting(data, classifier, values)
    const file = resolve(values.to ?? answer.filename ?? `${classifier}.zip`)
    await writeAnswer(answer, file, createLines())
  } finally {
    await data.close()
  }
  return 0
}

async function snapshotId(
  data: OpenData,
  classifier: string,
  { version: name, id }: ExportArguments,
): Promise<string> {
  if (id !== undefined) return id
  if (name === undefined)
    return (await createSnapshotCases(data).createSnapshot({ classifier, evaluation: 'splits' })).id
  const version = await data.versions.find((await data.classifiers.get(classifier)).id, name)
  const snapshot = version && (await data.queries.getModel({ id: version.id })).snapshot
  if (snapshot) return snapshot.id
  throw wrong(
    `The images of ${classifier} ${name} cannot be exported`,
    version ? 'it was not trained on this machine' : 'there is no such version',
    'See GET /api/snapshots for the snapshots of this classifier.',
  )
}

await runCommand(main)
