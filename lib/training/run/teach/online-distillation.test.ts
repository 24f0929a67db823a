import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import type { Engine } from '#lib/engines/engine.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { normalise, preprocess } from '#lib/ml/preprocess/preprocess.ts'
import { liveTeachers } from './online-distillation.ts'

const SHIPPED = fileURLToPath(new URL('../../../../models/shapes/', import.meta.url))
const { champion } = JSON.parse(readFileSync(`${SHIPPED}classifier.json`, 'utf8')) as { champion: string }
const teacher = SHIPPED + champion
const classes = SHAPES.toReversed()
const HOW = { share: 0.75, temperature: 1 }

let engine: Engine
beforeAll(async () => {
  engine = await openEngine('auto', 'inference')
})
afterAll(() => engine[Symbol.asyncDispose]())

/** One drawn image of each shape; every label is the first of the student's classes. */
async function batch() {
  const { preprocess: spec } = await readBundle(teacher)
  const squares = SHAPES.flatMap((shape, i) => [...preprocess(drawShape(shape, 7_000_000 + i), spec)])
  const pixels = new Float32Array(squares.length)
  normalise(Uint8Array.from(squares), spec, pixels)
  const targets = new Float32Array(SHAPES.length * classes.length)
  for (let row = 0; row < SHAPES.length; row++) targets[row * classes.length] = 1
  return { pixels, targets, count: SHAPES.length }
}

test('teachers predict the images of a step, and the mean of their predictions is a share of its targets', async () => {
  const [one, two] = [await batch(), await batch()]

  await using alone = await liveTeachers([teacher], { classes, how: HOW, engine })
  await alone.teach(one)
  await using pair = await liveTeachers([teacher, teacher], { classes, how: HOW, engine })
  await pair.teach(two)

  for (const [row, shape] of SHAPES.entries()) {
    const target = one.targets.subarray(row * classes.length, (row + 1) * classes.length)
    expect(target.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
    expect(target[0]).toBeGreaterThanOrEqual(0.25) // the label's share
    expect(target[classes.indexOf(shape)], shape).toBeGreaterThan(0.6) // the teacher recognises the shape
  }
  two.targets.forEach((value, i) => expect(value).toBeCloseTo(one.targets[i]!, 5))
})

test('a teacher without a class of the plan is refused with the name of the class', async () => {
  await expect(
    liveTeachers([teacher], { classes: [...classes, 'spiral'], how: HOW, engine }),
  ).rejects.toThrow(/does not have "spiral"/)
})

test('when one teacher cannot be loaded, those loaded before it are unloaded', async () => {
  const loaded = new Set<string>()

  const teaching = liveTeachers([teacher, teacher, '/nowhere'], {
    classes,
    how: HOW,
    engine: recording(loaded),
  })

  await expect(teaching).rejects.toThrow()
  expect([...loaded]).toEqual([])
})

test('a teacher that cannot be unloaded does not prevent the others from being unloaded', async () => {
  const loaded = new Set<string>()
  const teaching = await liveTeachers([teacher, teacher, teacher], {
    classes,
    how: HOW,
    engine: {
      ...recording(loaded),
      unload: async (key) => {
        if (key === 'teacher-1') throw new Error('the engine failed')
        loaded.delete(key)
      },
    },
  })

  await expect(teaching[Symbol.asyncDispose]()).rejects.toThrow('the engine failed')
  expect([...loaded]).toEqual(['teacher-1'])
})

/** An engine that records loads and unloads and loads nothing. */
const recording = (loaded: Set<string>): Pick<Engine, 'load' | 'unload' | 'run'> => ({
  load: async (key) => {
    loaded.add(key)
  },
  unload: async (key) => {
    loaded.delete(key)
  },
  run: engine.run,
})
