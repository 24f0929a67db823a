/** `npm run backbone -- add FILE`: an ONNX file becomes a pretrained network, or its features are shown. */
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { NORMALISATIONS } from '#lib/contracts/backbones.ts'
import { classifierId } from '#lib/contracts/fields.ts'
import { networkPorts } from '#lib/processes/compose/pretrained-ports.ts'
import { readStart } from '#lib/processes/settings.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import type { FeatureChoice, OnnxInspection } from '#lib/training/pretrained/onnx/inspect-onnx.ts'
import { READING_WORDS } from '#lib/training/pretrained/onnx/readings.ts'
import { saveOnnx } from '#lib/training/pretrained/onnx/save-onnx.ts'
import { oneOf, wrong } from '../terminal/wrong-argument.ts'

const HELP = `npm run backbone -- add FILE [options]

Makes an ONNX file that computes features of images a pretrained network. The file stays as it is; only last layers
are trained on its features.

  --name NAME           lower-case letters, digits, hyphens (default: the name of the file)
  --features N          which of the values below to use as features (default: 1)
  --show                list the values that may be features, and add nothing
  --normalise HOW       how pixels become numbers: ${NORMALISATIONS.join(', ')} (default: imagenet)
  --size N              input size in pixels, where the file takes any (default: 224)
  --layout ORDER        nchw or nhwc, where the file does not say
  --help                show this help`

/** @returns the exit code */
export async function addCommand(args: readonly string[], signal: AbortSignal): Promise<number> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const {
    values,
    positionals: [given],
  } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      name: text,
      features: text,
      normalise: text,
      size: text,
      layout: text,
      show: flag,
      help: { ...flag, short: 'h' },
    },
  })
  if (values.help || given === undefined) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const file = resolve(given)
  if (!existsSync(file)) throw wrong('Nothing was added', `${file} does not exist`, 'Specify an ONNX file.')
  const fileName = basename(file)
  const { inspect } = networkPorts({ mirror: undefined, command: '', signal })
  const inspection = await inspect(file, {
    name: fileName,
    normalisation: oneOf('--normalise', values.normalise, NORMALISATIONS) ?? 'imagenet',
    size: values.size === undefined ? undefined : Number(values.size),
    layout: oneOf('--layout', values.layout, ['nchw', 'nhwc'] as const) ?? undefined,
  })
  show(fileName, inspection)
  if (values.show) return 0
  const choice = chosen(inspection.choices, values.features)
  const name = nameOf(values.name ?? fileName)
  const { dataDir } = readStart().places
  await saveOnnx(file, join(dataDir, BODIES_FOLDER), {
    inspection,
    choice,
    name,
    title: name,
    fileName,
    trainedOn: 'unknown',
    source: `It is the ONNX file ${fileName} (sha256 ${inspection.sha256}).`,
    origin: networkPorts({ mirror: undefined, command: `npm run backbone -- add ${fileName}`, signal })
      .origin,
  })
  console.log(`${name} is available as a pretrained network, with ${choice.length} features per image.`)
  return 0
}

function show(file: string, { image, choices, millisecondsPerImage }: OnnxInspection): void {
  console.log(
    `${file}: images of ${image.size} × ${image.size} pixels, ${image.layout.toUpperCase()}, ` +
      `${image.batch === 0 ? 'any number' : image.batch} at a time; ` +
      `${millisecondsPerImage.toFixed(1)} ms per image here.`,
  )
  choices.forEach(({ value, reading, length, agreement }, i) =>
    console.log(
      `  ${i + 1}. ${value}, ${READING_WORDS[reading]}: ${length} features; by them, the nearest of the other drawn ` +
        `shapes has the same shape for ${(100 * agreement).toFixed(0)} %`,
    ),
  )
}

function chosen(choices: readonly FeatureChoice[], number = '1'): FeatureChoice {
  const choice = choices[Number(number) - 1]
  if (!choice)
    throw wrong(
      'Nothing was added',
      `there is no number ${number} in the list above`,
      `Choose 1 to ${choices.length}.`,
    )
  return choice
}

function nameOf(text: string): string {
  const name = text
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (classifierId.safeParse(name).success) return name
  throw wrong('Nothing was added', `"${text}" is not a valid name`, 'Choose another with --name.')
}
