/** The formats in which a version can be downloaded. Pure. */
import type { Routes } from '#lib/contracts/index.ts'
import type { CallInput } from '#lib/contracts/client.ts'
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'

type DownloadFormat = NonNullable<CallInput<Routes['GET /api/models/{id}/download']>['format']>
export type VersionDownload = {
  readonly format: DownloadFormat
  readonly label: string
  readonly about: string
}

const DOWNLOADS: readonly VersionDownload[] = [
  { format: 'webpage', label: 'Web page', about: 'One HTML file that predicts without a server.' },
  { format: 'python', label: 'Python', about: 'A program that predicts with ONNX Runtime.' },
  { format: 'onnx', label: 'ONNX', about: 'For ONNX Runtime in any language. It outputs logits.' },
  { format: 'tfjs', label: 'TensorFlow.js', about: 'For web pages and Node. It outputs logits.' },
  {
    format: 'onnx-serving',
    label: 'ONNX for servers',
    about: 'Takes decoded images of any size and outputs probabilities and the decision.',
  },
  { format: 'triton', label: 'Triton', about: 'A model repository for NVIDIA Triton.' },
  {
    format: 'kserve',
    label: 'KServe',
    about: 'An InferenceService for Kubernetes, with its model repository.',
  },
  { format: 'ray', label: 'Ray Serve', about: 'An application in Python that scales over machines.' },
  { format: 'bundle', label: 'All files', about: 'With the model card and the preprocessing.' },
]

/** @param readsDigits finding the ink in an image is part of neither the Python program nor the model for
 *  servers */
export function downloadsOf(
  { network, familiarity }: Pick<VersionCard, 'network' | 'familiarity'>,
  readsDigits: boolean,
): readonly VersionDownload[] {
  const hasOnnxFile = familiarity !== undefined // versions from before that were saved without one
  const isLeftOut: Readonly<Record<DownloadFormat, boolean>> = {
    webpage: network.is_onnx === true,
    tfjs: network.is_onnx === true,
    onnx: !hasOnnxFile,
    python: !hasOnnxFile || readsDigits,
    'onnx-serving': readsDigits,
    triton: readsDigits,
    kserve: readsDigits,
    ray: readsDigits,
    bundle: false,
  }
  return DOWNLOADS.filter(({ format }) => !isLeftOut[format])
}
