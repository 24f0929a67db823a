/**
 * `npm run bench -- findings`: how many planted faults are found in sets of images, and how many of the images as they
 * are are called faulty. It uses the functions of an upload and of the report, without a product.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { FindingKind, FindingSample, SetFigures } from '#lib/domain/findings/finding.ts'
import { figuresOf } from '#lib/domain/findings/image-figures.ts'
import { findingsOf } from '#lib/domain/findings/registry.ts'
import { linkedGroups } from '#lib/domain/grouping/groups.ts'
import type { RgbImage } from '#lib/domain/image.ts'
import { copyLinks, fingerprintOf } from '#lib/domain/grouping/near-copies.ts'
import { decode } from '#lib/images/decode.ts'
import { resizeForDisplay } from '#lib/images/thumbnail.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { createRandom } from '#lib/ml/random.ts'
import { machineName } from '../terminal/machine-name.ts'
import { createLines } from '../terminal/progress-line.ts'
import { measureReport } from './findings-report.ts'
import { labelFaults } from './label-faults.ts'
import { PHOTOGRAPHS } from './photographs.ts'
import { changedCopy } from './planted-copies.ts'
import { FAULTS } from './planted-faults.ts'
import { shortcutFaults } from './shortcut-faults.ts'

const HELP = `npm run bench -- findings --from PATH [--from PATH …] [options]

Plants faulty images of every kind into each set (a folder or ZIP of class folders) and prints how many of them are
found, and how many of the images of the set itself are called faulty.

  --from PATH      a set; repeat it for several
  --images N       images of each set, in a random order (default: 1000)
  --planted N      faulty images of each kind (default: 200)
  --labels         flips 5 % of the labels and adds images of --foreign: wrong labels and outliers that are found;
                   the pretrained network is that of DATA_DIR and BACKBONE
  --foreign PATH   with --labels: a set of other subjects
  --shortcuts      makes the border, the quality of JPEG files or the brightness depend on the class, instead:
                   shortcuts that are found, and false alarms on the sets as they are
  --report N       the time and memory of the report about N images of the sets together, instead
  --help           show this help`

const SMALL_PIXELS = 64 // as an upload
const MAX_PIXELS = 1e8
const SEED = 1
const WORST_SIZE = 10 // times smaller

type Original = { readonly image: RgbImage; readonly sample: FindingSample; readonly fingerprint: Uint8Array }

export async function benchFindings(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string', multiple: true, default: [] },
      images: { type: 'string', default: '1000' },
      planted: { type: 'string', default: '200' },
      labels: { type: 'boolean', default: false },
      foreign: { type: 'string' },
      shortcuts: { type: 'boolean', default: false },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [images, planted] = [Number(values.images), Number(values.planted)]
  if (values.help || values.from.length === 0 || !(images > 0) || !(planted > 0)) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const notes = createLines(process.stderr)
  const out = createLines()
  out.line(machineName())
  if (values.labels) {
    await labelFaults({
      from: values.from,
      foreign: values.foreign ?? null,
      onStep: notes.passing,
      onLine: out.line,
    })
    return 0
  }
  if (values.shortcuts) {
    await shortcutFaults({ from: values.from, images, onStep: notes.passing, onLine: out.line })
    return 0
  }
  if (values.report !== undefined) {
    out.line(await measureReport({ from: values.from, images: Number(values.report), onStep: notes.passing }))
    return 0
  }
  for (const from of values.from) {
    notes.passing(path.basename(from))
    const { originals, figuresMs } = await originalsOf(from, images)
    out.line(
      `\n${path.basename(from)}: ${originals.length} images, figures ${figuresMs.toFixed(2)} ms per image`,
    )
    out.line('| kind | planted | found | false alarms |\n|---|---|---|---|')
    const alarms = countsOf(
      setOf(
        originals.map(({ sample }) => sample),
        copiesAmong(originals),
      ),
    )
    for (const { kind, samples, copies } of await faultySets(originals, planted)) {
      notes.passing(kind)
      const set = setOf(samples, copies)
      const found = new Set(findingsOf(set).findings.flatMap((one) => (one.kind === kind ? one.samples : [])))
      const ids = samples.slice(originals.length).map(({ id }) => id)
      const count = ids.filter((id) => found.has(id)).length
      out.line(
        `| ${kind} | ${ids.length} | ${share(count, ids.length)} | ${share(alarms(kind), originals.length)} |`,
      )
    }
  }
  return 0
}

const share = (count: number, of: number): string => `${count} (${((100 * count) / of).toFixed(1)} %)`

async function originalsOf(
  from: string,
  most: number,
): Promise<{ readonly originals: readonly Original[]; readonly figuresMs: number }> {
  const { images } = await openDataset('findings', { from })
  const random = createRandom(SEED)
  const all: { readonly label: string; readonly bytes: Uint8Array; readonly at: number }[] = []
  for await (const { label, bytes } of images) all.push({ label, bytes, at: random() })
  const originals: Original[] = []
  let figuresMs = 0
  for (const [i, { label, bytes }] of all
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .entries()) {
    const image = await decode(bytes, { maxPixels: MAX_PIXELS })
    const small = await resizeForDisplay(image, SMALL_PIXELS)
    const before = performance.now()
    const figures = figuresOf(small)
    figuresMs += performance.now() - before
    originals.push({
      image,
      fingerprint: fingerprintOf(small),
      sample: {
        id: `${i}`,
        label,
        split: 'train',
        groupId: null,
        width: image.width,
        height: image.height,
        figures,
        surroundings: null,
      },
    })
  }
  return { originals, figuresMs: figuresMs / originals.length }
}

function setOf(samples: readonly FindingSample[], nearCopies: SetFigures['nearCopies']): SetFigures {
  return {
    classes: [...new Set(samples.flatMap(({ label }) => label ?? []))],
    samples,
    ...PHOTOGRAPHS,
    nearCopies,
  }
}

/** How many images of a set have findings of a kind. */
function countsOf(set: SetFigures): (kind: FindingKind) => number {
  const { findings } = findingsOf(set)
  return (kind) => new Set(findings.flatMap((one) => (one.kind === kind ? one.samples : []))).size
}

const copiesAmong = (
  images: readonly { readonly fingerprint: Uint8Array }[],
): readonly (readonly number[])[] => {
  const links = [...copyLinks(images.map(({ fingerprint }) => fingerprint))].flat()
  const roots = linkedGroups(images.length, links)
  return [...Map.groupBy(images.keys(), (i) => roots[i]!).values()].filter(({ length }) => length > 1)
}

type FaultySet = {
  readonly kind: FindingKind
  /** The originals, then the faulty ones. */
  readonly samples: readonly FindingSample[]
  readonly copies: SetFigures['nearCopies']
}

async function faultySets(originals: readonly Original[], planted: number): Promise<readonly FaultySet[]> {
  const random = createRandom(SEED)
  const chosen = originals.slice(0, planted)
  const samples = originals.map(({ sample }) => sample)
  const withFaulty = (
    kind: FindingKind,
    faulty: readonly FindingSample[],
    copies: SetFigures['nearCopies'] = [],
  ): FaultySet => ({
    kind,
    samples: [...samples, ...faulty.map((one, i) => ({ ...one, id: `faulty ${i}` }))],
    copies,
  })
  const sets: FaultySet[] = []
  for (const [kind, fault] of Object.entries(FAULTS)) {
    const faulty = await Promise.all(
      chosen.map(async ({ image, sample }, i) => {
        const changed = fault(image, i / Math.max(1, chosen.length - 1), random)
        const { width, height } = changed
        return { ...sample, width, height, figures: figuresOf(await resizeForDisplay(changed, SMALL_PIXELS)) }
      }),
    )
    sets.push(withFaulty(kind as keyof typeof FAULTS, faulty))
  }
  const small = chosen.map(({ sample }) => ({
    ...sample,
    width: Math.max(1, Math.round(sample.width / WORST_SIZE)),
    height: Math.max(1, Math.round(sample.height / WORST_SIZE)),
  }))
  const copied = await Promise.all(
    chosen.map(async ({ image, sample }) => {
      const copy = changedCopy(image, random)
      const reduced = await resizeForDisplay(copy, SMALL_PIXELS)
      const { width, height } = copy
      return {
        fingerprint: fingerprintOf(reduced),
        sample: { ...sample, width, height, figures: figuresOf(reduced) },
      }
    }),
  )
  const copies = copiesAmong([...originals, ...copied])
  const inOtherClass = ({ label }: FindingSample): string => (label === 'other' ? 'another' : 'other')
  return [
    ...sets,
    withFaulty('odd_size', small),
    withFaulty(
      'exact_duplicate',
      chosen.map(({ sample }) => sample),
    ),
    withFaulty(
      'near_duplicate',
      copied.map(({ sample }) => sample),
      copies,
    ),
    withFaulty(
      'duplicate_other_class',
      copied.map(({ sample }) => ({ ...sample, label: inOtherClass(sample) })),
      copies,
    ),
    withFaulty(
      'duplicate_in_test',
      copied.map(({ sample }) => ({ ...sample, split: 'test' })),
      copies,
    ),
  ]
}
