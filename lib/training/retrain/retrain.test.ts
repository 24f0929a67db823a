import { expect, test } from 'vitest'
import { addShapes, openTrio, requestContext, retrainInput } from './trio.fakes.ts'

test('one click creates a first version, the next one a second that is compared; a rollback restores v1', async () => {
  const darkroom = await openTrio()
  const { data, handlers, retrain, versions, work } = darkroom
  await addShapes(darkroom, 60, 1)

  const first = await retrain.retrain({ ...retrainInput, epochs: 5 })
  await work()

  const done = await data.queries.getRun({ id: first.run.id })
  expect(done).toMatchObject({ state: 'done', version: 'v1', is_promoted: true, verdict: { kind: 'first' } })
  expect(done.points).toHaveLength(5)
  const v1 = (await data.promotions.champion('trio'))!.version
  expect(v1).toMatchObject({ name: 'v1', testImages: expect.any(Number) })

  await addShapes(darkroom, 20, 500)
  const second = await retrain.retrain({ ...retrainInput, epochs: 2 })
  expect(second.message).toContain('60 of them new')
  await work()

  const judged = await data.queries.getRun({ id: second.run.id })
  expect(judged).toMatchObject({ state: 'done', version: 'v2', base_version: 'v1' })
  expect(judged.verdict!.sentence).toMatch(/Correct on \d+ images? that the old version got wrong/)
  const comparison = await versions.compareModels(
    { id: (await data.versions.find('trio', 'v2'))!.id, with: v1.id },
    requestContext,
  )
  expect(comparison.images).toBeGreaterThan(20)
  expect(comparison.parts.map((part) => part.name)).toEqual(['old', 'new'])

  const measured = await handlers.evaluate.run(
    { versionId: v1.id },
    { attempt: 1, signal: requestContext.signal, why: () => null },
  )
  expect(measured).toMatchObject({
    version: 'v1',
    images: comparison.images,
    accuracy: { value: comparison.accuracy.champion.value },
  })
  const { bytes, filename } = await versions.downloadModel({ id: v1.id, format: 'bundle' })
  expect(filename).toBe('trio-v1.zip')
  expect(await lengthOf(bytes)).toBeGreaterThan(100_000)

  const v2 = await data.versions.find('trio', 'v2')
  if (!judged.is_promoted) await versions.promoteModel({ id: v2!.id, reason: 'for the test' }, requestContext)
  const back = await versions.rollback({ classifier: 'trio' }, requestContext)
  expect(back).toMatchObject({ champion: { version: 'v1' }, previous: 'v2' })
  expect((await versions.modelInfo({ classifier: 'trio' })).architecture.at(-1)).toEqual({
    layer: 'logits (dense)',
    output_shape: [3],
    parameters: 192 * 3 + 3,
  })
}, 180_000)

test('a classifier that cannot be retrained is refused with the reason', async () => {
  const darkroom = await openTrio()

  await expect(darkroom.retrain.retrain(retrainInput)).rejects.toMatchObject({ code: 'nothing_to_learn' })
})

async function lengthOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  if (bytes instanceof Uint8Array) return bytes.length
  let length = 0
  for await (const chunk of bytes) length += chunk.length
  return length
}
