import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Preprocess } from '#lib/contracts/bundle.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { distil } from './distil.ts'
import { preprocessFor } from '../../shipped/shipped.ts'

const SHIPPED = fileURLToPath(new URL('../../../../models/shapes/', import.meta.url))
const { champion } = JSON.parse(readFileSync(`${SHIPPED}classifier.json`, 'utf8')) as { champion: string }
const teacher = SHIPPED + champion

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'inference')
})
afterAll(() => engine[Symbol.asyncDispose]())

/** Drawn shapes as squares of a size; the label of the last is incorrect. */
function drawn(spec: Preprocess, labels: readonly string[]): SampleSet {
  const squares = SHAPES.map((shape, i) => preprocess(drawShape(shape, 7_000_000 + i), spec))
  return {
    count: SHAPES.length,
    hashes: SHAPES.map((_, i) => String(i).repeat(64)),
    labels: Int32Array.from(SHAPES, (shape, i) =>
      labels.indexOf(i === SHAPES.length - 1 ? SHAPES[0]! : shape),
    ),
    targets: null,
    read: (index, out, offset) => out.set(squares[index]!, offset),
  }
}
const ports = (labels: readonly string[]) => ({
  engine,
  onProgress: () => undefined,
  imagesFor: async (spec: Preprocess) => drawn(spec, labels),
  report: () => undefined,
  signal: new AbortController().signal,
})

test("a target is a share of the teacher's prediction, in the new network's order, and of the label", async () => {
  const classes = SHAPES.toReversed()
  const set = drawn(preprocessFor({ size: 24, channels: 3, fit: 'cover' }), classes)

  const { targets } = await distil(
    set,
    { teacher, classes, how: { share: 0.75, temperature: 1 } },
    ports(classes),
  )

  const row = (i: number) => [...targets!.subarray(i * classes.length, (i + 1) * classes.length)]
  for (let i = 0; i < set.count; i++) expect(row(i).reduce((a, b) => a + b)).toBeCloseTo(1, 5)
  const mislabelled = SHAPES.length - 1
  expect(row(0)[classes.indexOf(SHAPES[0]!)]).toBeGreaterThan(0.8) // label and teacher agree
  expect(row(mislabelled)[classes.indexOf(SHAPES[0]!)]).toBeLessThan(0.35) // the label only
  expect(row(mislabelled)[classes.indexOf(SHAPES[mislabelled]!)]).toBeGreaterThan(0.65) // by the teacher
})

test('a teacher without a class of the plan is refused with the name of the class', async () => {
  const classes = [...SHAPES, 'spiral']
  const set = drawn(preprocessFor({ size: 24, channels: 3, fit: 'cover' }), classes)

  await expect(
    distil(set, { teacher, classes, how: { share: 0.75, temperature: 1 } }, ports(classes)),
  ).rejects.toThrow(/does not have "spiral"/)
})
