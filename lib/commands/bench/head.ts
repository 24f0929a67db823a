/**
 * `npm run bench -- head`: how long it takes to train a last layer on cached features, and how fast each
 * engine here computes features. The features are noise around class centres: the accuracy of the head is
 * irrelevant here.
 */
import { loadavg } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openEngine, probeEngines } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { clouds } from '#lib/ml/learn/synthetic-features.ts'
import { learnHead } from '#lib/ml/learn/head.ts'
import { featureLength } from '#lib/ml/network/network.ts'
import { createRandom } from '#lib/ml/random.ts'
import { head as recipe } from '#lib/ml/recipes/head.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { headByGroups } from '#lib/training/run/learn/head-by-folds.ts'
import { createLines } from '../terminal/progress-line.ts'
import { machineName } from '../terminal/machine-name.ts'

const HELP = `npm run bench -- head [options]

Trains a last layer (recipe head: L-BFGS in plain JavaScript, all regularisation strengths) on cached features
of noise, and
measures how many images per second each engine converts to features. Training uses no engine, so it takes the
same time on all.

  --pictures N     cached features to train on (default: 5000)
  --features LIST  features per image (default: 192,512,1280)
  --classes N      (default: 10)
  --folds          instead: cross-validate and train the last layer with an engine, as a training run does, two views
                   per image
  --json           one JSON object per row instead of the table
  --help           show this help`

const FEATURES_OF = 'shapes/v1'
const PIECE = 32 // images per call
const EMBED_SECONDS = 3
/** Of an image whose mirror image may be trained on. */
const VIEWS = 2

export async function benchHead(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pictures: { type: 'string', default: '5000' },
      features: { type: 'string', default: '192,512,1280' },
      classes: { type: 'string', default: '10' },
      folds: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const lengths = values.features.split(',').map(Number)
  const [pictures, classes] = [Number(values.pictures), Number(values.classes)]
  if (![...lengths, pictures, classes].every((value) => Number.isInteger(value) && value > 1)) {
    console.error('--pictures, --features and --classes must be integers of at least 2.')
    return 1
  }
  const notes = createLines(process.stderr)
  if (values.folds) {
    for (const length of lengths) {
      notes.passing(`a cross-validated head on ${pictures} × ${length} features`)
      const row = await foldsRow({ pictures, length, classes })
      createLines().line(values.json ? JSON.stringify(row) : foldsText(row))
    }
    return 0
  }
  const heads = lengths.map((length) => {
    notes.passing(`a head on ${pictures} × ${length} features`)
    return headRow({ pictures, length, classes })
  })
  const engines = []
  for (const { name, available } of probeEngines()) {
    notes.passing(`features on ${name}`)
    if (available) engines.push(await engineRow(name))
  }
  notes.passing('')
  if (values.json) for (const row of [...heads, ...engines]) console.log(JSON.stringify(row))
  else
    createLines().line(
      [
        `${machineName()}, load ${loadavg()[0]!.toFixed(1)}`,
        '',
        ...headTable(heads),
        '',
        ...engineTable(engines),
      ].join('\n'),
    )
  return 0
}

function headRow({ pictures, length, classes }: { pictures: number; length: number; classes: number }) {
  const training = clouds({ count: pictures, length, classes, seed: 1 })
  const choosing = clouds({
    count: Math.max(recipe.settings.fewestToChooseBy, Math.floor(pictures / 10)),
    length,
    classes,
    seed: 2,
  })
  const began = performance.now()
  const cpu = process.cpuUsage()
  const { settings } = recipe
  const tries = [...learnHead({ training, choosing, classes, settings, towards: null, seed: 1 })]
  const { user, system } = process.cpuUsage(cpu)
  const best = tries.findLast((one) => one.isBest)!
  return {
    kind: 'head',
    pictures,
    features: length,
    classes,
    seconds: rounded((performance.now() - began) / 1000),
    cpu_seconds: rounded((user + system) / 1e6),
    tries: tries.length,
    held_out_accuracy: best.heldOut.accuracy,
  }
}

/** Every image is a group of its own. */
async function foldsRow({
  pictures,
  length,
  classes,
}: {
  pictures: number
  length: number
  classes: number
}) {
  await using engine = await openEngine('auto', 'inference') // as for a run of the last layer
  const features = clouds({ count: pictures, length, classes, seed: 1, views: VIEWS })
  const groups = Array.from({ length: pictures }, (_, i) => i)
  const began = performance.now()
  const cpu = process.cpuUsage()
  const validation = headByGroups(
    { features, groups, classes, settings: recipe.settings, seed: 1 },
    { engine, signal: new AbortController().signal },
  )
  let tries = 0
  for (let step = await validation.next(); step.done !== true; step = await validation.next()) tries += 1
  const { user, system } = process.cpuUsage(cpu)
  return {
    kind: 'folds',
    engine: engine.name,
    pictures,
    features: length,
    classes,
    tries,
    seconds: rounded((performance.now() - began) / 1000),
    cpu_seconds: rounded((user + system) / 1e6),
  }
}

const foldsText = (row: Awaited<ReturnType<typeof foldsRow>>): string =>
  `${row.pictures} × ${row.features} features in ${VIEWS} views, ${row.classes} classes, ${row.tries} strengths, on ` +
  `${row.engine}: ${row.seconds} s, ${row.cpu_seconds} CPU-seconds; load ${loadavg()[0]!.toFixed(1)}`

async function engineRow(name: 'onnx' | 'tfjs-node' | 'wasm') {
  await using engine = await openEngine(name, 'inference')
  const model = await readBundle(path.join(ROOT, 'models', FEATURES_OF))
  await engine.load('bench', model)
  const { size, channels } = model.network.input
  const pixels = new Float32Array(PIECE * size * size * channels).map(createRandom(3))
  await engine.run('bench', pixels, PIECE)
  const cpu = process.cpuUsage()
  const began = performance.now()
  let images = 0
  for (; performance.now() - began < EMBED_SECONDS * 1000; images += PIECE)
    await engine.run('bench', pixels, PIECE)
  const { user, system } = process.cpuUsage(cpu)
  await engine.unload('bench')
  return {
    kind: 'features',
    engine: name,
    network: model.network.name,
    features: featureLength(model.network),
    pictures_per_s: rounded((images * 1000) / (performance.now() - began)),
    pictures_per_cpu_s: rounded((images * 1e6) / (user + system)),
  }
}

const rounded = (value: number): number => Number(value.toFixed(2))

const headTable = (rows: readonly ReturnType<typeof headRow>[]): string[] => [
  '| images | features | classes | attempts | seconds | CPU-seconds |',
  '|--:|--:|--:|--:|--:|--:|',
  ...rows.map(
    (row) =>
      `| ${row.pictures} | ${row.features} | ${row.classes} | ${row.tries} | ${row.seconds} | ${row.cpu_seconds} |`,
  ),
]

const engineTable = (rows: readonly Awaited<ReturnType<typeof engineRow>>[]): string[] => [
  '| engine | network | features | pictures/s | pictures/CPU-s |',
  '|---|---|--:|--:|--:|',
  ...rows.map(
    (row) =>
      `| ${row.engine} | ${row.network} | ${row.features} | ${row.pictures_per_s} | ${row.pictures_per_cpu_s} |`,
  ),
]
