import { expect, test } from 'vitest'
import { predictFixture, BROKEN, imageOf } from './predict-ports.fakes.ts'

const requestOf = (bytes: Uint8Array) => ({ top_k: 2, save: true, image: { bytes, filename: 'a.png' } })

test('a prediction contains class, calibrated confidence, all probabilities and its version', async () => {
  const { predict } = predictFixture({ calibrated: { temperature: 2, threshold: 0.7 } })

  const answer = await predict(requestOf(imageOf(1, 4)), {})

  // softmax of (0, 4, 0) at temperature 2: e² / (e² + 2) = 0.786986, 1 / (e² + 2) = 0.106507
  expect(answer).toMatchObject({
    success: true,
    id: 'id-1',
    classifier: 'animals',
    model_version: 'v3',
    engine: 'onnx',
    predicted_class: 'dog',
    predicted_index: 1,
    confidence: 0.786986,
    probabilities: { cat: 0.106507, dog: 0.786986, hen: 0.106507 },
    top_k: [
      { class: 'dog', index: 1, probability: 0.786986 },
      { class: 'cat', index: 0, probability: 0.106507 },
    ],
    decision: 'confident',
    candidates: ['dog'],
    filename: 'a.png',
    width: 4,
    height: 3,
    timestamp: '2026-11-25T10:30:00.000Z',
    cached: false,
  })
  expect(answer.timing_ms).toMatchObject({ decode: 0.2, queue: 0, inference: 0.4 })
})

test.each([
  [
    'below the threshold of its version a prediction is uncertain and lists its candidates',
    { threshold: 0.9 },
    'uncertain',
    ['dog', 'cat', 'hen'],
  ],
  [
    'without a sufficient threshold no prediction is confident',
    { threshold: null },
    'uncertain',
    ['dog', 'cat', 'hen'],
  ],
  ['a version that was never calibrated makes no decision', undefined, null, null],
])('%s', async (_story, calibrated, decision, candidates) => {
  const { predict } = predictFixture(calibrated ? { calibrated } : {})

  expect(await predict(requestOf(imageOf(1, 2)), {})).toMatchObject({ decision, candidates })
})

test('an image unlike the training data is marked as unfamiliar, and its distance is stored', async () => {
  const { predict, rows } = predictFixture({ calibrated: { threshold: 0.7, familiarUpTo: 0.6 } })

  expect(await predict(requestOf(imageOf(1, 9, 7)), {})).toMatchObject({
    predicted_class: 'dog',
    decision: 'unfamiliar',
    familiarity: { distance: 0.7, threshold: 0.6 },
  })
  expect(await predict(requestOf(imageOf(1, 9, 5)), {})).toMatchObject({
    predicted_class: 'dog',
    decision: 'confident',
    familiarity: { distance: 0.5, threshold: 0.6 },
  })
  expect(rows.map((row) => row.familiarity)).toEqual([0.7, 0.5])
})

test.each<[string, Partial<{ threshold: number; familiarUpTo: number }> | undefined]>([
  ['of a calibrated version', { threshold: 0.7 }],
  ['of a version that was never calibrated', undefined],
])('a blank image is unfamiliar however high the confidence %s', async (_story, calibrated) => {
  const { predict } = predictFixture(calibrated ? { calibrated } : {})
  const blank = Uint8Array.of(...imageOf(1, 9, 0), 1)

  expect(await predict(requestOf(blank), {})).toMatchObject({
    decision: 'unfamiliar',
    image_problem: 'blank',
  })
  expect(await predict(requestOf(imageOf(1, 9)), {})).toMatchObject({ image_problem: null })
})

test('a version whose bundle contains no training images predicts as usual', async () => {
  const { predict, rows } = predictFixture({ calibrated: { threshold: 0.7 } })

  expect(await predict(requestOf(imageOf(1, 9)), {})).toMatchObject({
    decision: 'confident',
    familiarity: null,
  })
  expect(rows[0]!.familiarity).toBeNull()
})

test('the candidates of an uncertain prediction depend on its version and its image only', async () => {
  const { predict } = predictFixture({ calibrated: { threshold: null, candidateMass: 0.7 } })
  // e / (e + 2) = 0.576: one class, or two by chance
  const images = Array.from({ length: 30 }, (_, i) => Uint8Array.of(1, 1, i))

  const answers = await Promise.all(images.map((bytes) => predict(requestOf(bytes), {})))
  const again = await Promise.all(images.map((bytes) => predict({ ...requestOf(bytes), save: false }, {})))

  expect(answers.map((answer) => answer.candidates)).toEqual(again.map((answer) => answer.candidates))
  expect(new Set(answers.map((answer) => answer.candidates!.length))).toEqual(new Set([1, 2]))
})

test('no prediction is returned before its row is stored', async () => {
  const committed = Promise.withResolvers<void>()
  const { predict, rows } = predictFixture({ keep: () => committed.promise })
  let isReturned = false

  const answer = predict(requestOf(imageOf(0, 5)), {}).then((response) => {
    isReturned = true
    return response
  })
  await new Promise(setImmediate)
  expect(isReturned).toBe(false)

  committed.resolve()
  const { id } = await answer
  expect(rows).toEqual([
    expect.objectContaining({
      id,
      versionId: 'id-of-v3',
      predictedClass: 'cat',
      image: expect.objectContaining({
        mediaType: 'image/png',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    }),
  ])
})

test('a prediction that must not be saved has no id and no row', async () => {
  const { predict, rows } = predictFixture()

  expect(await predict({ ...requestOf(imageOf(0, 5)), save: false }, {})).toMatchObject({
    id: null,
    predicted_class: 'cat',
  })
  expect(rows).toEqual([])
})

test("an unreadable image is refused with the decoder's error, and leaves no row", async () => {
  const { predict, rows, leases } = predictFixture()

  await expect(predict(requestOf(Uint8Array.of(BROKEN)), {})).rejects.toMatchObject({
    code: 'corrupt_image',
    why: 'it is a PNG image, but its pixels are damaged',
  })
  expect(rows).toEqual([])
  expect(leases()).toBe(0)
})

test('the requested version predicts, and is free again afterwards', async () => {
  const { predict, requests: requested, leases } = predictFixture()

  await predict({ ...requestOf(imageOf(0, 5)), classifier: 'plants', version: 'v2' }, {})

  expect(requested).toEqual(['plants v2'])
  expect(leases()).toBe(0)
})
