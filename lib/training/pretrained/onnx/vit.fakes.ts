/** The tiny vision transformer with random weights that PyTorch exported (fixtures/), as a pretrained network. */
import { fileURLToPath } from 'node:url'
import { openGraph } from '#lib/engines/ort/run-graph.ts'
import { inspectOnnx } from './inspect-onnx.ts'
import { saveOnnx } from './save-onnx.ts'

export const VIT = fileURLToPath(new URL('./fixtures/vit.onnx', import.meta.url))
export const INSPECTING = { openGraph, signal: new AbortController().signal }
export const ORIGIN = { command: 'test', codeVersion: '0', machine: 'test', now: new Date('2026-11-29') }
export const NAMED = {
  name: 'vit',
  title: 'A vision transformer',
  fileName: 'vit.onnx',
  trainedOn: 'nothing',
  source: 'It came from a test.',
  origin: ORIGIN,
} as const

/** @returns the folder of the bundle in `into` */
export async function savedVit(
  into: string,
  reading: 'first-token' | 'mean-of-tokens' = 'first-token',
): Promise<string> {
  const inspection = await inspectOnnx(VIT, { name: 'vit.onnx', normalisation: 'imagenet' }, INSPECTING)
  const choice = inspection.choices.find((one) => one.reading === reading)!
  return `${await saveOnnx(VIT, into, { inspection, choice, ...NAMED })}/v1`
}
