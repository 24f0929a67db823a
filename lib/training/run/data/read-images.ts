/** The stage "Reading images": where there are several networks to start with, one is chosen; then every image
 *  of the run is decoded once and stored as the square that this network takes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseStoredText, type StoredFormats } from '#lib/contracts/stored.ts'
import { packReference, type PackIndex, type RunPlan } from '#lib/contracts/training-plan.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { testedCopies } from '#lib/domain/grouping/group-splits.ts'
import { readSamples, START_AGAIN, writeJson } from '../plan.ts'
import type { RunPorts } from '../ports.ts'
import { startStage, type Stage, timed } from '../progress.ts'
import { chooseBackbone } from '../start/choose-backbone.ts'
import { ensurePack, openPack, packName, snapshotHash, type Pack, type PackEntry } from './pack.ts'
import { splitValidation } from './validation-split.ts'

/** The images of a run in their parts. */
export type ImageSets = {
  readonly index: PackIndex
  readonly training: SampleSet
  /** Half of the validation set, which chooses the epoch. */
  readonly choosing: SampleSet
  /** The other half, which calibrates. */
  readonly calibrating: SampleSet
  readonly test: SampleSet
  /** Hashes of test images that are near-copies of training or validation images, where groups are known. */
  readonly testCopies?: ReadonlySet<string>
  /** The group of each image of the plan, by its hash; null: not compared. Absent where the plan lists no images. */
  readonly groups?: ReadonlyMap<string, string | null>
}

export type ReadImages = Disposable & { readonly plan: RunPlan; readonly images: ImageSets }

/** @returns the plan with the network to start with, and the images for it. */
export async function readImages(folder: string, planned: RunPlan, ports: RunPorts): Promise<ReadImages> {
  const entries = await entriesOf(folder, planned)
  const stage = startStage('images', { total: entries && entries.length }, ports)
  const plan = await timed('choosing', ports, () => chooseBackbone(folder, planned, ports, stage))
  const name = await packFor({ folder, plan, entries }, ports, stage)
  stage.finish()
  const pack = await openPack(plan.packs, name)
  return {
    plan,
    images: {
      ...partsOf(pack, plan.classes, entries ?? []),
      ...(entries && { groups: new Map(entries.map(({ hash, group }) => [hash, group ?? null])) }),
    },
    [Symbol.dispose]: () => pack[Symbol.dispose](),
  }
}

/** Null when the images are known only after reading the data set. */
async function entriesOf(folder: string, { samples }: RunPlan): Promise<readonly PackEntry[] | null> {
  switch (samples.kind) {
    case 'kept':
      return readSamples(folder)
    case 'dataset':
      return null
  }
}

type PackRequest = {
  readonly folder: string
  readonly plan: RunPlan
  readonly entries: readonly PackEntry[] | null
}

/** The name of the pack; an earlier run of the same images may have built it. */
async function packFor(
  { folder, plan, entries }: PackRequest,
  { samples, report, clock, signal }: RunPorts,
  stage: Stage,
): Promise<string> {
  const noted = await readPackName(folder)
  const known = noted ?? (entries && packName(snapshotHash(entries), plan.spec))
  const name = await ensurePack(plan.packs, known, () => {
    report({ kind: 'note', message: 'Decoding the images once.' })
    let counted = 0
    return {
      spec: plan.spec,
      samples: samples(plan),
      maxPixels: plan.maxPixels,
      onProgress(done) {
        stage.advance(done - counted)
        counted = done
      },
      meter: {
        clock,
        done({ reading, decoding }) {
          report({ kind: 'part', part: 'reading', seconds: reading })
          report({ kind: 'part', part: 'decoding', seconds: decoding })
        },
      },
      signal,
    }
  })
  if (name !== noted) await writePackName(folder, name)
  return name
}

/** The file of the run's folder that names its pack, so that a resumed run opens the same. */
const packFile = (folder: string): string => join(folder, 'pack.json')
const PACK: StoredFormats<string> = {
  what: 'The name of the decoded images of this training run',
  action: START_AGAIN,
  formats: { 1: packReference },
}

/** Null while the run has not decoded its images. */
async function readPackName(folder: string): Promise<string | null> {
  const text = await readFile(packFile(folder), 'utf8').catch(() => null)
  return text === null ? null : parseStoredText(text, PACK)
}

const writePackName = (folder: string, name: string): Promise<void> => writeJson(packFile(folder), name)

const partsOf = (pack: Pack, classes: readonly string[], entries: readonly PackEntry[]): ImageSets => ({
  testCopies: testedCopies(entries),
  index: pack.index,
  training: pack.set('train', classes),
  ...splitValidation(pack.set('validation', classes), classes.length),
  test: pack.set('test', classes),
})
