/**
 * `npm run backbone -- <fetch | list | add | look | learn | measure | seal>`: installs pretrained networks, or
 * creates the one that ships, and compares it with others. lib/training/backbone does the work.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { toTfjs } from '#lib/ml/formats/tfjs.ts'
import { featureLength, layoutOf } from '#lib/ml/network/network.ts'
import { backbone, BACKBONE_SIZE, backboneNetwork } from '#lib/ml/recipes/backbone.ts'
import { ROOT, VERSION } from '#lib/processes/settings.ts'
import { trainBackbone, trainedWeights } from '#lib/training/backbone/train-backbone.ts'
import { classifierImages, tinyImagenetImages } from '#lib/training/backbone/training-images.ts'
import { sealBackbone } from '#lib/training/backbone/seal-backbone.ts'
import { extractFeatures, readFeatures } from '#lib/training/backbone/teacher-features.ts'
import { ensurePack, openPack, type Pack, type PackSource } from '#lib/training/run/data/pack.ts'
import { SETS, stop, studentSpec, teacherSpec, type BackboneArguments } from './backbone/sources.ts'
import { addCommand } from './backbone/add.ts'
import { fetchCommand } from './backbone/fetch.ts'
import { listNetworks } from './backbone/network.ts'
import { measure } from './backbone/measure.ts'
import { machineName } from './terminal/machine-name.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run backbone -- <fetch | list | add | look | learn | measure | seal> [options]

  fetch     installs MobileNetV3-Small, or another known network by its name; npm run backbone -- fetch --help
  list      lists the known networks: name, training data, size, address, license, published accuracy
  add       makes an ONNX file a pretrained network; npm run backbone -- add --help
  look      computes the features of every training image with the teacher, once
  learn     trains on labels and features for --minutes; continues from its checkpoint
  seal      writes the trained network as models/backbone/v1
  measure   evaluates 5 nearest neighbours and a linear head on the features of networks, trained on the training set

  --data FOLDER          contains <name>/<name>.zip for ${'cats-dogs, leaf-disease, fruits'} (default: ../shared/data)
  --tiny-imagenet FOLDER tiny-imagenet-200 as published
  --teacher FOLDER       a network in the TensorFlow.js layers format (default: MobileNetV2 1.0 in <data>/models)
  --work FOLDER          folder for features, packs and checkpoints (default: DATA_DIR/backbone)
  --minutes N            total training time (default: 75)
  --threads N            (default: 1)
  --of FOLDER[@SIZE]     measure: a network and its input size; repeatable
  --out FOLDER           seal: folder for the bundle (default: models/backbone/v1)
  --part NAME            measure: validation or test (default: validation)`

const LARGE_SET = 'tiny-imagenet'
/**
 * The teacher sees each image at twice its size: enlarged 3.5 times (64 → 224), it classified a tenth of
 * Tiny-ImageNet correctly, at twice the size a quarter.
 */
const LOOKS = [
  { name: 'tiny-128', size: 128, isLarge: true },
  { name: 'own-192', size: 192, isLarge: false },
] as const
const TEACHER_FEATURES = 1280
/**
 * From this size on, images of the large set are thinned by this factor: enlarged images contain no
 * additional information.
 */
const THINNED_FROM = 96
const THINNED = 3

async function* ownImages({ data }: BackboneArguments): AsyncGenerator<PackSource> {
  for (const name of SETS)
    yield* classifierImages(name, join(data, name, `${name}.zip`), openDataset, stop.signal)
}

async function look(args: BackboneArguments): Promise<void> {
  await using engine = await openEngine('onnx', 'inference', { threads: args.threads })
  for (const { name, size, isLarge } of LOOKS) {
    await loadForeign(engine, args.teacher, size)
    let reportedAt = performance.now()
    const count = await extractFeatures({
      file: join(args.work, name),
      spec: teacherSpec(size),
      length: TEACHER_FEATURES,
      samples: isLarge ? tinyImagenetImages(args.tiny) : ownImages(args),
      extract: async (pixels, images) => (await engine.run(args.teacher, pixels, images)).features!,
      onProgress(done) {
        if (performance.now() - reportedAt < 30_000) return
        reportedAt = performance.now()
        console.log(`${name}: ${done.toLocaleString('en')} images processed`)
      },
    })
    console.log(`${name}: the teacher has processed ${count.toLocaleString('en')} images of ${size} pixels.`)
  }
}

async function loadForeign(engine: Engine, folder: string, size: number): Promise<number> {
  const { network, weights } = fromForeignTfjs(
    await readFile(join(folder, 'model.json'), 'utf8'),
    await readFile(join(folder, 'weights.bin')),
    { size },
  )
  await engine.load(folder, { network, weights })
  return featureLength(network)
}

async function learn(args: BackboneArguments): Promise<void> {
  await using engine = await openEngine('onnx', 'training', { threads: args.threads })
  const features = await Promise.all(
    LOOKS.map(({ name }) => readFeatures(join(args.work, name), TEACHER_FEATURES)),
  )
  console.log(`Training on ${engine.detail} for ${args.minutes} minutes in total.`)
  const began = performance.now()
  const ended = await trainBackbone(
    {
      recipe: backbone,
      seconds: args.minutes * 60,
      seed: 1,
      checkpoint: join(args.work, 'checkpoint.bin'),
      largeSet: LARGE_SET,
    },
    {
      learner: engine.learner,
      packOf: (size) => packOf(args, size),
      features,
      clock: () => (performance.now() - began) / 1000,
      report: (line) => console.log(line),
      async onWeights(network, weights) {
        const { modelJson, weightsBin } = toTfjs(layoutOf(network), weights)
        await mkdir(join(args.work, 'latest'), { recursive: true })
        await writeFile(join(args.work, 'latest', 'weights.bin'), weightsBin)
        await writeFile(join(args.work, 'latest', 'model.json'), modelJson)
      },
      signal: stop.signal,
    },
  )
  console.log(
    ended === 'done'
      ? `Done. The averaged weights are in ${join(args.work, 'latest')}.`
      : 'Stopped with a checkpoint. Run the same command to continue.',
  )
}

async function seal(args: BackboneArguments): Promise<void> {
  await using engine = await openEngine('onnx', 'inference', { threads: args.threads })
  using pack = await packOf(args, backbone.phases[0]!.size)
  const labels = [...new Set(pack.index.entries.map(({ label }) => label))].toSorted()
  const network = backboneNetwork(BACKBONE_SIZE, labels.length + TEACHER_FEATURES)
  const { weights, steps, seconds } = await trainedWeights(join(args.work, 'checkpoint.bin'), network)
  const features = await Promise.all(
    LOOKS.map(({ name }) => readFeatures(join(args.work, name), TEACHER_FEATURES)),
  )
  const out = args.out ?? join(ROOT, 'models', 'backbone', 'v1')
  const card = await sealBackbone(
    {
      network,
      weights,
      labels,
      spec: studentSpec(BACKBONE_SIZE),
      out,
      data: { images: features.reduce((sum, one) => sum + one.count, 0), snapshot: pack.index.snapshot },
      settings: { ...backbone },
      facts: {
        version: 'v1',
        seed: 1,
        duration_seconds: Math.round(seconds),
        images_per_second: (steps * backbone.phases[0]!.batch) / seconds,
        notes: [
          'Its features serve the last layers of other classifiers; its own classes are only training ' +
            'targets and are not used for predictions.',
          'docs/backbone.md compares it with MobileNetV2.',
        ],
      },
      origin: {
        command: `npm run backbone -- learn --minutes ${args.minutes}`,
        codeVersion: VERSION,
        machine: machineName(),
        now: new Date(),
      },
    },
    engine,
  )
  console.log(
    `${out}: ${card.network.parameters.toLocaleString('en')} parameters, ${(card.network.bytes / 1e6).toFixed(1)} MB.`,
  )
}

async function packOf(args: BackboneArguments, size: number): Promise<Pack> {
  const [folder, noted] = [join(args.work, `packs-${size}`), join(args.work, `pack-${size}.txt`)]
  const known = existsSync(noted) ? (await readFile(noted, 'utf8')).trim() : null
  async function* samples(): AsyncGenerator<PackSource> {
    yield* ownImages(args)
    yield* tinyImagenetImages(args.tiny, { every: size >= THINNED_FROM ? THINNED : 1 })
  }
  const name = await ensurePack(folder, known, () => {
    console.log(`Decoding the images once, at ${size} pixels.`)
    return {
      spec: studentSpec(size),
      samples: samples(),
      maxPixels: 50e6,
      onProgress: () => undefined,
      signal: stop.signal,
    }
  })
  await writeFile(noted, name)
  return openPack(folder, name)
}

async function main(): Promise<number> {
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const [, , action, ...rest] = process.argv
  if (action === 'fetch') return fetchCommand(rest, stop.signal)
  if (action === 'add') return addCommand(rest, stop.signal)
  if (action === 'list') return listNetworks()
  const text = { type: 'string' } as const
  const {
    values,
    positionals: [what],
  } = parseArgs({
    allowPositionals: true,
    options: {
      data: text,
      'tiny-imagenet': text,
      teacher: text,
      work: text,
      minutes: text,
      threads: text,
      of: { type: 'string', multiple: true },
      part: text,
      out: text,
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help || (what !== 'look' && what !== 'learn' && what !== 'measure' && what !== 'seal')) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const data = resolve(values.data ?? '../shared/data')
  const args: BackboneArguments = {
    data,
    tiny: resolve(values['tiny-imagenet'] ?? join(data, 'tiny-imagenet-200')),
    teacher: resolve(values.teacher ?? join(data, 'models', 'mobilenet_v2_1.0_224')),
    work: resolve(values.work ?? join('data', 'backbone')),
    minutes: Number(values.minutes ?? 75),
    threads: Number(values.threads ?? 1),
    of: (values.of ?? []).map((folder) => resolve(folder)),
    out: values.out === undefined ? undefined : resolve(values.out),
    part: values.part === 'test' ? 'test' : 'validation',
  }
  if (!existsSync(data))
    throw new DarkroomError('not_found', {
      what: `There are no images in ${data}`,
      why: 'the folder does not exist',
      remedy: 'Specify the folder with --data FOLDER.',
    })
  await mkdir(args.work, { recursive: true })
  if (what === 'look') await look(args)
  else if (what === 'learn') await learn(args)
  else if (what === 'seal') await seal(args)
  else await measure(args)
  return 0
}

await runCommand(main)
