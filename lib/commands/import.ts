/**
 * `npm run import -- <classifier> --from FILE`: a network saved by Keras or TensorFlow.js, or a bundle from
 * `npm run train`, becomes a version of a classifier; or a network becomes a backbone whose features new
 * classifiers start with. It trains nothing.
 */
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { classifierId } from '#lib/contracts/fields.ts'
import type { Data } from '#lib/data/data.ts'
import type { VersionWithCard } from '#lib/data/versions/version-values.ts'
import type { Fit } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import { composeData } from '#lib/processes/compose/compose-data.ts'
import { sealHere } from '#lib/processes/jobs/seal-here.ts'
import { readStart, VERSION, type Start } from '#lib/processes/settings.ts'
import { PIXEL_RANGES, type PixelRange } from '#lib/training/import/import-model.ts'
import { importNetwork } from '#lib/training/import/import-network.ts'
import { importClassifierFile } from './import/classifier.ts'
import { OFFICIAL_BODY } from './import/official-network.ts'
import { importPretrained, type ImportArguments } from './import/pretrained.ts'
import { machineName } from './terminal/machine-name.ts'
import { oneOf, wrong } from './terminal/wrong-argument.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run import -- <classifier> --from FILE [options]
npm run import -- --body NAME --from FILE [options]
npm run import -- --classifier FILE [--as ID]
npm run import -- --body ${OFFICIAL_BODY}

Creates a version of a classifier from a network that was trained elsewhere. The version goes live immediately if
the classifier has none.
With --body, the network becomes a pretrained network for new classifiers: recipes head and transfer. Without a file,
MobileNetV2 0.35 is downloaded from its official site (2 MB; DATASET_MIRROR sets another one) and accepted only if its
checksum matches.

  --classifier FILE  a whole classifier that npm run export -- classifier wrote; --as ID imports it under another id
  --from PATH      a .keras or .h5 file written by Keras' model.save, a folder or ZIP archive with model.json and
                   weights of TensorFlow.js, such as an export of Teachable Machine,
                   or a Darkroom bundle, which keeps its model card with all measurements
  --classes A,B,…  names of the outputs in order (default: as the file states, as in an export of Teachable Machine,
                   else the classifier's own classes)
  --pixels RANGE   input range if the file does not define it: 0..1, -1..1, 0..255 (default: 0..1)
  --fit HOW        cover, stretch, contain, digit: how images become square (default: stretch, as in Keras; cover
                   for Teachable Machine)
  --calibrate PATH a folder or ZIP archive of images like those that it will predict, for predictions with 8-bit
                   numbers: at least 200, or 765 in folders named after their classes, which also shows whether
                   accuracy is lost (default: float32 only)
  --size N         input size in pixels, for a pretrained network (default: its own)
  --help           show this help`

const FITS = ['cover', 'stretch', 'contain', 'digit'] as const satisfies readonly Fit[]
async function main(): Promise<number> {
  const text = { type: 'string' } as const
  const {
    values,
    positionals: [name],
  } = parseArgs({
    allowPositionals: true,
    options: {
      from: text,
      classes: text,
      pixels: text,
      fit: text,
      size: text,
      calibrate: text,
      body: text,
      classifier: text,
      as: text,
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.classifier !== undefined) return importClassifierFile(values.classifier, values.as, readStart())
  const target = values.body ?? name
  const isFetched = values.from === undefined && values.body === OFFICIAL_BODY
  if (values.help || target === undefined || (values.from === undefined && !isFetched)) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  if (!classifierId.safeParse(target).success)
    throw wrong(
      `"${target}" is not a valid name`,
      'names consist of lower-case letters, digits and hyphens',
      'Choose another.',
    )
  const args: ImportArguments = {
    from: values.from === undefined ? null : resolve(values.from),
    classes:
      values.classes
        ?.split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '') ?? null,
    pixels: oneOf('--pixels', values.pixels, Object.keys(PIXEL_RANGES) as PixelRange[]),
    fit: oneOf('--fit', values.fit, FITS),
    size: values.size === undefined ? undefined : Number(values.size),
    calibration: values.calibrate === undefined ? null : resolve(values.calibrate),
    command: [
      'npm run import --',
      ...(values.body === undefined ? [target] : [`--body ${target}`]),
      ...(values.from === undefined ? [] : [`--from ${basename(values.from)}`]),
      ...(values.classes === undefined ? [] : [`--classes ${values.classes}`]),
      ...(values.calibrate === undefined ? [] : [`--calibrate ${basename(values.calibrate)}`]),
    ].join(' '),
  }
  const start = readStart()
  const { from } = args
  if (from === null || values.body !== undefined) await importPretrained(target, args, start)
  else if (existsSync(join(from, 'manifest.json'))) await bundleAsVersion(target, from, args, start)
  else await asVersion(target, args, start)
  return 0
}

async function asVersion(name: string, args: ImportArguments, start: Start): Promise<void> {
  const data = await composeData(start)
  const scratch = join(start.places.scratchDir, `import-${process.pid}`)
  try {
    const { classes, pixels, fit, calibration, command } = args
    const result = await importNetwork(
      {
        ...{ classes, pixels, fit, calibration, command },
        classifier: name,
        title: null,
        by: 'the import',
        source: { path: args.from!, size: args.size },
        codeVersion: VERSION,
        machine: machineName(),
      },
      {
        data,
        scratch,
        signal: new AbortController().signal,
        seal: (sealing) => sealHere(sealing, () => undefined),
      },
    )
    console.log(result.message)
  } finally {
    await rm(scratch, { recursive: true, force: true })
    await data.close()
  }
}

/** The same network, reference outputs and measurements under the number that is free here. */
async function bundleAsVersion(
  name: string,
  from: string,
  { classes: request }: ImportArguments,
  start: Start,
): Promise<void> {
  const bundle = await readBundle(from)
  const {
    card,
    classes,
    preprocess: { size, channels, fit },
  } = bundle
  if (request !== null && request.join() !== classes.join())
    throw wrong(
      `${name} was not imported`,
      `the bundle has the classes ${classes.join(', ')}`,
      'Omit --classes.',
    )
  const data = await composeData(start)
  try {
    const known = await data.classifiers.find(name)
    const missing = known?.classes.find((one) => !classes.includes(one))
    if (missing !== undefined)
      throw wrong(
        `${name} was not imported`,
        `the bundle does not have the class "${missing}"`,
        'Train it on images of all classes, or use another classifier name.',
      )
    const { title } =
      known ??
      (await data.classifiers.create({
        id: name,
        title: card.title,
        classes,
        input: { size, channels: channels === 1 ? 1 : 3, fit },
        isMirrorable: true,
      }))
    const came = `${card.classifier} ${card.version}`
    await registered(data, name, came, (version, out) =>
      writeBundle(out, {
        ...bundle,
        card: {
          ...card,
          classifier: name,
          title,
          version,
          parent: null,
          notes: [...card.notes, `It was ${came} where it was trained, and imported unchanged.`],
        },
      }),
    )
  } finally {
    await data.close()
  }
}

async function registered(
  data: Data,
  name: string,
  cameFrom: string,
  write: (version: string, out: string) => Promise<void>,
): Promise<void> {
  const number = await data.versions.nextNumber(name)
  const out = data.versions.folderFor(name, number)
  await mkdir(join(out, '..'), { recursive: true })
  await write(`v${number}`, out)
  const version = await data.versions.register({ classifierId: name, number, runId: null })
  if (await data.promotions.champion(name))
    return console.log(
      `${name} ${version.name} was imported. Another version is live; compare and promote it on ` +
        'the page Versions.',
    )
  await proven(version)
  await data.promotions.promote({
    versionId: version.id,
    by: 'the import',
    reason: `It was imported from ${cameFrom}.`,
  })
  console.log(`${name} ${version.name} was imported and is live.`)
}

/** Loads it with the engine that will serve it: a version that cannot be loaded is not promoted. */
async function proven({ id, folder, name }: VersionWithCard): Promise<void> {
  await using engine = await openEngine('auto', 'inference', { threads: 1 })
  await loadedModels(engine)
    .load({ key: id, folder })
    .catch((cause: unknown) => {
      throw new DarkroomError(
        'bad_bundle',
        {
          what: `${name} was imported but not promoted`,
          why: cause instanceof DarkroomError ? cause.why : String(cause),
          remedy: 'Import it again from an intact file.',
        },
        { cause },
      )
    })
}

await runCommand(main)
