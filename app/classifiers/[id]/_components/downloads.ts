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
  { format: 'bundle', label: 'All files', about: 'With the model card and the preprocessing.' },
]

/** @param readsDigits finding the ink in an image is not part of the Python program */
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
    bundle: false,
  }
  return DOWNLOADS.filter(({ format }) => !isLeftOut[format])
}
