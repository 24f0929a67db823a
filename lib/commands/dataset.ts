/**
 * `npm run dataset -- <name>`: reads a set of labelled images, from its official address, a file or a
 * folder, and stores them as samples. It needs no running server and may run next to one; it lists the
 * files that it skips.
 */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { classifierId } from '#lib/contracts/fields.ts'
import type { Data } from '#lib/data/data.ts'
import type { NewClassifier } from '#lib/data/values.ts'
import type { Upload } from '#lib/data/samples/upload-values.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { choicesOf, READINGS, type Choice } from '#lib/domain/reading/choices.ts'
import type { PlanSummary } from '#lib/domain/reading/set-plan.ts'
import { decodeSized } from '#lib/images/decode.ts'
import { arriving, ingestImages } from '#lib/ingest/ingest.ts'
import type { DownloadProgress } from '#lib/ingest/readers/labelled-image.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { composeGrouping } from '#lib/processes/forks/fork-grouping.ts'
import { decodeBudgetBytes } from '#lib/operations/memory-limits.ts'
import { readStart, type Start } from '#lib/processes/settings.ts'
import { shippedTraining } from '#lib/training/shipped/shipped.ts'
import { createLines, type Lines } from './terminal/progress-line.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run dataset -- <name> [options]

Adds labelled images as samples to the classifier <name>, which is created if it does not exist.

  <name>           mnist or cifar10 (downloaded from their official sites, 11 and 170 MB, content checked),
                   shapes (generated), or any other name with --from
  --from PATH      instead of downloading: the official files, or a ZIP archive or folder of class folders
                   (cats/1.jpg, or train/cats/1.jpg and test/cats/2.jpg), or one with a label table
  --reading NAME   another reading of a ZIP or folder than the best one; the command names those that are possible
  --title TEXT     title of the classifier if it is created (default: its name)
  --help           show this help

Settings: DATA_DIR, MAX_PIXELS, DATASET_MIRROR (a URL that has the official files). Ctrl-C undoes what has been added.`

/** For images of an unknown set: photographs of medium size. */
const UNKNOWN = { input: { size: 64, channels: 3, fit: 'cover' }, isMirrorable: true } as const
const MOST_FINDINGS = 10

type DatasetArguments = {
  readonly name: string
  readonly from?: string | undefined
  readonly title?: string | undefined
  readonly reading?: string | undefined
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      title: { type: 'string' },
      reading: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || positionals.length !== 1) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const name = classifierId.safeParse(positionals[0])
  if (!name.success)
    throw new DarkroomError('invalid_input', {
      what: `"${positionals[0]}" is not a valid classifier name`,
      why: `a name ${name.error.issues[0]?.message}`,
      remedy: 'Choose another.',
    })
  const start = readStart()
  const data = await composeData(start)
  try {
    return await taken({ name: name.data, ...values }, start, data)
  } finally {
    await data.close()
  }
}

async function taken(args: DatasetArguments, start: Start, data: Data): Promise<number> {
  const lines = createLines()
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  try {
    const {
      count,
      classes,
      images,
      plan: set,
    } = await arriving((onStray) =>
      openDataset(args.name, {
        from: args.from === undefined ? undefined : resolve(args.from),
        mirror: start.settings.DATASET_MIRROR,
        downloads: join(start.places.dataDir, 'downloads'),
        onProgress: (progress) => lines.passing(downloading(progress)),
        onStray,
        choices: readingOf(args.reading),
        signal: stop.signal,
      }),
    )
    if (set !== null) describe(set, lines)
    await classifierFor(args, classes, data)
    lines.line(
      `${args.name}: ${number(count)} images in ${classes.length} classes. Adding them to ` +
        `${start.places.dataDir}.`,
    )
    const plan = {
      upload: await data.uploads.begin(args.name),
      source: 'dataset',
      onProgress: ({ files }: { files: number }) =>
        lines.passing(
          `${number(files)} of ${number(count)} processed ` +
            `(${Math.min(100, Math.floor((files / Math.max(1, count)) * 100))} %)`,
        ),
      signal: stop.signal,
    } as const
    const sizeOf = (bytes: Uint8Array) =>
      decodeSized(bytes, {
        maxPixels: start.settings.MAX_PIXELS,
        maxBytes: decodeBudgetBytes(start.settings),
      })
    const groupImages = composeGrouping(data, { sizeOf, log: (_level, message) => lines.line(message) })
    report(await ingestImages(images, plan, { ...data, sizeOf, groupImages }), lines)
    return 0
  } catch (error) {
    if (!stop.signal.aborted) throw error
    lines.line('Stopped. Nothing was added.')
    return 130
  }
}

function readingOf(text: string | undefined): readonly Choice[] {
  const choices = choicesOf(text ?? '')
  if (choices !== null) return choices
  throw new DarkroomError('invalid_input', {
    what: `"${text}" is not a reading`,
    why: `--reading is one of ${Object.keys(READINGS).join(', ')}, column:NAME`,
    remedy: 'Choose one of those that the command names.',
  })
}

/** What the set is read as, and how else it can be read. */
function describe({ sentence, notes, uncertain }: PlanSummary, { line }: Lines): void {
  line(`Read as ${sentence}`)
  for (const note of notes) line(`  ${note}`)
  for (const other of uncertain) line(`  Or, with --reading ${other.reading}: ${other.sentence} ${other.why}`)
}

async function classifierFor(
  { name, title }: DatasetArguments,
  classes: readonly string[],
  data: Data,
): Promise<void> {
  await data.syncShipped()
  if ((await data.classifiers.find(name)) !== null) return
  const shipped = shippedTraining(name)
  const draft: NewClassifier = {
    ...UNKNOWN,
    ...known(shipped),
    id: name,
    title: title ?? shipped?.title ?? name,
    classes,
  }
  await data.classifiers.create(draft)
}

function known(shipped: ReturnType<typeof shippedTraining>): Partial<NewClassifier> {
  if (shipped === undefined) return {}
  const { input, isMirrorable, hasDigits, recipe } = shipped
  return { input, isMirrorable, hasDigits, recipe }
}

function report({ message, perClass, findings, findingsTotal }: Upload, { line }: Lines): void {
  line(`${message}.`)
  for (const { name, count } of perClass.toSorted((a, b) =>
    a.name.localeCompare(b.name, 'en', { numeric: true }),
  ))
    line(`  ${name}: ${number(count)}`)
  if (findingsTotal === 0) return
  line(
    `${counted(findingsTotal, 'finding')}` +
      `${findingsTotal > MOST_FINDINGS ? `, the first ${MOST_FINDINGS}` : ''}:`,
  )
  for (const { filename, detail } of findings.slice(0, MOST_FINDINGS)) line(`  ${filename}: ${detail}`)
}

function downloading({ file, bytes, totalBytes, secondsLeft }: DownloadProgress): string {
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`
  return `${file}: ${(bytes / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB${left}`
}

const number = (value: number): string => value.toLocaleString('en')

await runCommand(main)
