/**
 * `npm run backbone -- measure`: compares the quality of the features of networks, each on the same images.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { openDataset } from '#lib/ingest/readers/open-dataset.ts'
import { fromForeignTfjs } from '#lib/ml/formats/foreign-tfjs.ts'
import { fromTfjs } from '#lib/ml/formats/tfjs.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import {
  evaluateBackbone,
  type MeasuredImage,
  type BackboneScore,
} from '#lib/training/backbone/evaluate-backbone.ts'
import { extractFeatures, readFeatures } from '#lib/training/backbone/teacher-features.ts'
import type { PackSource } from '#lib/training/run/data/pack.ts'
import { datasetSamples } from '#lib/training/run/data/sources.ts'
import { SETS, stop, studentSpec, teacherSpec, UNSEEN, type BackboneArguments } from './sources.ts'

export async function measure(args: BackboneArguments): Promise<void> {
  await using engine = await openEngine('onnx', 'inference', { threads: args.threads })
  const found: { name: string; parameters: string; worth: BackboneScore[] }[] = []
  for (const one of args.of) {
    const [folder = '', size] = one.split('@')
    const { network, weights, spec } = await networkIn(folder, size === undefined ? undefined : Number(size))
    await engine.load(one, { network, weights })
    const file = join(
      args.work,
      `seen-${createHash('sha256')
        .update(JSON.stringify(spec))
        .update(Buffer.from(weights[`${network.layers[0]!.name}/kernel`]!.buffer))
        .digest('hex')
        .slice(0, 12)}-${network.input.size}`,
    )
    const worth: BackboneScore[] = []
    for (const { name, file: zip, isHalved } of measured(args)) {
      const samplesUsed: MeasuredImage[] = []
      async function* samples(): AsyncGenerator<PackSource> {
        for await (const original of datasetSamples(
          { kind: 'dataset', name, from: zip, downloads: '', mirror: null, counters: '' },
          openDataset,
          stop.signal,
        )) {
          const sample = isHalved ? { ...original, split: halfOf(original.hash, args.part) } : original
          if (sample.split === 'test' && args.part !== 'test') continue // not used for any decision
          samplesUsed.push({ hash: sample.hash, label: sample.label, split: sample.split })
          yield sample
        }
      }
      await extractFeatures({
        file,
        spec,
        length: featureLength(network),
        samples: samples(),
        onProgress: () => undefined,
        extract: async (pixels, images) => (await engine.run(one, pixels, images)).features!,
      })
      worth.push(
        evaluateBackbone(samplesUsed, await readFeatures(file, featureLength(network)), {
          part: args.part,
          withHead: !isHalved,
        }),
      )
      const { images, neighbours, head } = worth.at(-1)!
      console.log(
        `${one} on ${name}: 5 neighbours ${percent(neighbours.value)}${head ? `, head ${percent(head.value)}` : ''} ` +
          `of ${images} ${isHalved ? 'other' : args.part} images.`,
      )
    }
    found.push({ name: one, parameters: featureLength(network).toLocaleString('en'), worth })
  }
  console.log(
    [
      `\n| network | features | ${measured(args)
        .map(({ name }) => `${name}: 5 neighbours | head`)
        .join(' | ')} |`,
      `|---|---:|${measured(args)
        .map(() => '---:|---:|')
        .join('')}`,
      ...found.map(
        ({ name, parameters, worth }) => `| ${name} | ${parameters} | ${worth.map(worthCells).join(' | ')} |`,
      ),
    ].join('\n'),
  )
}

/**
 * The data sets of classifiers with their parts, and objects that no backbone here was trained on, in
 * halves.
 */
const measured = ({ data }: BackboneArguments) => [
  ...SETS.map((name) => ({ name: name as string, file: join(data, name, `${name}.zip`), isHalved: false })),
  { name: UNSEEN, file: join(data, 'ood', `${UNSEEN}.zip`), isHalved: true },
]

const halfOf = (hash: string, judged: Split): Split =>
  Number.parseInt(hash[0]!, 16) % 2 === 0 ? 'train' : judged

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const worthCells = ({ neighbours, head }: BackboneScore): string =>
  `${percent(neighbours.value)} | ` +
  (head ? `${percent(head.value)} (${percent(head.low)} to ${percent(head.high)})` : '–')

/**
 * One of ours, or another network in the layers format, which is assumed to expect pixels from −1 to 1 as
 * MobileNet does.
 */
async function networkIn(
  folder: string,
  size: number | undefined,
): Promise<{ network: Network; weights: Weights; spec: Preprocess }> {
  const [json, bin] = [
    await readFile(join(folder, 'model.json'), 'utf8'),
    await readFile(join(folder, 'weights.bin')),
  ]
  if (json.includes('"darkroom"')) {
    const { network, weights } = fromTfjs(json, bin)
    const side = size ?? network.input.size
    return {
      network: { ...network, input: { ...network.input, size: side } },
      weights,
      spec: studentSpec(side),
    }
  }
  const { network, weights } = fromForeignTfjs(json, bin, size === undefined ? {} : { size })
  return { network, weights, spec: teacherSpec(network.input.size) }
}
