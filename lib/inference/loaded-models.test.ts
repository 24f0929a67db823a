import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { decode } from '#lib/images/decode.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { manifest as manifestSchema } from '#lib/contracts/bundle.ts'
import { loadedModels } from './loaded-models.ts'

const SHAPES = { key: 'shapes v1', folder: path.resolve(import.meta.dirname, '../../models/shapes/v1') }
const star = drawShape('star', 7)

test('the shipped version explains its prediction of a star, in steps that leave time for others', async () => {
  await using engine = await openEngine('auto', 'inference', { threads: 1 })
  const versions = loadedModels(engine)
  await versions.load(SHAPES)
  const {
    images: [seen],
  } = await versions.infer({
    key: SHAPES.key,
    images: [encodePng(star)],
    maxPixels: 1e6,
    wantsFeatures: false,
  })
  const logits = seen?.ok ? seen.logits : new Float32Array()
  const predicted = logits.indexOf(Math.max(...logits))

  const rows = versions.explain({
    key: SHAPES.key,
    image: encodePng(star),
    maxPixels: 1e6,
    predicted,
    temperature: 1,
  })
  let pieces = 0
  let last = await rows.next()
  for (; !last.done; last = await rows.next()) pieces += 1

  const { drops, square } = last.value
  expect(pieces).toBe(7)
  expect(drops.map((row) => row.length)).toEqual([7, 7, 7, 7, 7, 7, 7])
  expect(drops.flat().every((drop) => drop >= -1 && drop <= 1)).toBe(true)
  expect(Math.max(...drops.flat())).toBeGreaterThan(0.05)
  expect(await decode(square, { maxPixels: 1e6 })).toMatchObject(star) // it has the network's size already
})

test('a version whose verification fails half way is not loaded, and neither are its models', async () => {
  const loaded = new Set<string>()
  const versions = loadedModels({
    name: 'wasm',
    detail: 'fails',
    load: async (key) => void loaded.add(key),
    unload: async (key) => void loaded.delete(key),
    run: () => Promise.reject(new Error('the engine failed')),
    learner: () => Promise.reject(new Error('no learner')),
    [Symbol.asyncDispose]: async () => undefined,
  })

  await expect(versions.load(SHAPES)).rejects.toThrow('the engine failed')

  expect([...loaded]).toEqual([])
  await expect(versions.load(SHAPES)).rejects.toThrow('the engine failed') // tried again
})

test('a version that is loaded again is not measured again, and is computed as before', async () => {
  await using engine = await openEngine('onnx', 'inference', { threads: 1 })
  let runs = 0
  const counting = {
    ...engine,
    run: (...request: Parameters<typeof engine.run>) => {
      runs += 1
      return engine.run(...request)
    },
  }
  const versions = loadedModels(counting)

  const first = await versions.load(SHAPES)
  const runsOfFirst = runs
  runs = 0
  const again = await versions.load({ ...SHAPES, key: 'shapes v1 verification' })

  expect(again).toMatchObject({ precision: first.precision, note: first.note })
  expect({ runs, runsOfFirst }).toEqual({ runs: 1, runsOfFirst: expect.toSatisfy((n: number) => n > 10) })
})

test('verifying a loaded version computes with it as it is, until its files are others', async () => {
  await using engine = await openEngine('onnx', 'inference', { threads: 1 })
  const loads: string[] = []
  const versions = loadedModels({
    ...engine,
    load: (key, model) => {
      loads.push(key)
      return engine.load(key, model)
    },
  })
  const folder = await mkdtemp(path.join(tmpdir(), 'darkroom-verify-'))
  try {
    await cp(SHAPES.folder, folder, { recursive: true })
    const version = { key: 'copy v1', folder }
    await versions.verify(version, 'first trial') // it is not loaded
    expect(loads.splice(0)).toContain('first trial')

    await versions.load(version)
    loads.length = 0
    await versions.verify(version, 'second trial')
    expect(loads).toEqual([])

    const manifest = path.join(folder, 'manifest.json')
    const text = await readFile(manifest, 'utf8')
    const classes = path.join(folder, 'classes.json')
    const spaced = Buffer.concat([await readFile(classes), Buffer.from(' ')]) // valid, with another checksum
    await writeFile(classes, spaced)
    await expect(versions.verify(version, 'third trial')).rejects.toMatchObject({ code: 'bad_bundle' })
    await writeFile(manifest, withFile(text, 'classes.json', spaced))
    await versions.verify(version, 'fourth trial')
    expect(loads).toContain('fourth trial')
  } finally {
    await rm(folder, { recursive: true })
  }
})

function withFile(text: string, name: string, content: Uint8Array): string {
  const manifest = manifestSchema.parse(JSON.parse(text))
  const sha256 = createHash('sha256').update(content).digest('hex')
  return JSON.stringify({
    ...manifest,
    files: { ...manifest.files, [name]: { sha256, bytes: content.length } },
  })
}
