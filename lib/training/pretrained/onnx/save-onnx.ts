/** Writes an ONNX file as a pretrained network, with the value that was chosen as its features. It examines nothing;
 *  inspect-onnx.ts did. */
import type { Network } from '#lib/ml/network/network.ts'
import { savePretrained } from '../save-pretrained.ts'
import type { Origin } from '../../run/seal/unmeasured-card.ts'
import { graphFileOf, type FeatureChoice, type OnnxInspection } from './inspect-onnx.ts'
import { preprocessOf } from './normalisation.ts'

export type OnnxSaving = {
  readonly inspection: OnnxInspection
  readonly choice: FeatureChoice
  /** The folder that it gets among other pretrained networks. */
  readonly name: string
  readonly title: string
  readonly fileName: string
  readonly trainedOn: string
  /** Where it came from, in a sentence for the card. */
  readonly source: string
  readonly origin: Origin
}

/** As `saveOnnx`, wherever it runs: a file of 500 MB whose tensors are not raw takes several copies of itself. */
export type SaveOnnx = typeof saveOnnx

/** @param path the file; @param into the folder of pretrained networks
 *  @returns the folder of the network */
export async function saveOnnx(path: string, into: string, saving: OnnxSaving): Promise<string> {
  const { inspection, choice, name, title, fileName, trainedOn, source, origin } = saving
  const { image, normalisation, sha256, millisecondsPerImage } = inspection
  const network: Network = {
    name,
    input: { size: image.size, channels: image.channels },
    classes: 1,
    layers: [
      { name: 'backbone', kind: 'graph', ...graphFileOf(path, inspection, choice) },
      { name: 'logits', kind: 'dense', units: 1, bias: true },
    ],
  }
  const settings = {
    file: fileName,
    sha256,
    value: choice.value,
    reading: choice.reading,
    normalisation,
    milliseconds_per_image: millisecondsPerImage,
  }
  return savePretrained(
    into,
    {
      name,
      title,
      network,
      weights: {},
      preprocess: preprocessOf(image, normalisation),
      trainedOn,
      source: `${source} Its layers are run as they are and never trained.`,
      settings,
    },
    origin,
  )
}
