/** The source of the images of `npm run train`: a data set, class folders, or the samples of a classifier. */
import { join, resolve } from 'node:path'
import type { InputSpec } from '#lib/domain/classifier.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import type { Start } from '#lib/processes/settings.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { writeSamples } from '#lib/training/run/plan.ts'
import { shippedTraining } from '#lib/training/shipped/shipped.ts'
import type { TrainArguments } from './arguments.ts'

/** For classifiers that are in no table: photographs of medium size. */
const UNKNOWN_INPUT: InputSpec = { size: 64, channels: 3, fit: 'cover' }

type DatasetLocation = {
  classes: readonly string[]
  samples: RunPlan['samples']
  input: InputSpec
  title: string
  isMirrorable: boolean
}

export async function samplesOf(
  args: TrainArguments,
  start: Start,
  folder: string,
): Promise<DatasetLocation> {
  const shipped = shippedTraining(args.name)
  if (!shipped && args.from === undefined) return storedSamplesOf(args.name, start, folder)
  const from = args.from === undefined ? null : resolve(args.from)
  const downloads = join(start.places.dataDir, 'downloads')
  const mirror = start.settings.DATASET_MIRROR ?? null
  const name = shipped?.dataset ?? args.name
  const { classes } = await openDataset(name, {
    downloads,
    ...(from === null ? {} : { from }),
    ...(mirror === null ? {} : { mirror }),
  })
  return {
    classes,
    samples: {
      kind: 'dataset',
      name,
      from,
      downloads,
      mirror,
      counters: join(start.places.dataDir, 'test-openings.json'),
    },
    input: shipped?.input ?? UNKNOWN_INPUT,
    title: shipped?.title ?? args.name,
    isMirrorable: shipped?.isMirrorable ?? true,
  }
}

async function storedSamplesOf(name: string, start: Start, folder: string): Promise<DatasetLocation> {
  const { databaseFile, dataDir } = start.places
  const data = await composeData(start)
  try {
    const classifier = await data.classifiers.get(name)
    const entries = (await data.samples.all(name)).map(({ hash, label, split }) => ({ hash, label, split }))
    const test = entries.filter((entry) => entry.split === 'test').map((entry) => entry.hash)
    await writeSamples(folder, entries)
    return {
      classes: classifier.classes,
      samples: {
        kind: 'kept',
        databaseFile,
        dataDir,
        testOpened: test.length === 0 ? 0 : await data.snapshots.openTest(test),
      },
      input: classifier.input,
      title: classifier.title,
      isMirrorable: classifier.isMirrorable,
    }
  } finally {
    await data.close()
  }
}
