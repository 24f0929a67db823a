import { expect, test } from 'vitest'
import { answering, BROKEN, DEADLY, imageOf } from './predict-ports.fakes.ts'

const asking = (bytes: Uint8Array) => ({ top_k: 2, save: true, picture: { bytes, filename: 'a.png' } })

test('an answer says class, calibrated confidence, all probabilities and who answered', async () => {
  const { predict } = answering({ calibrated: { temperature: 2, threshold: 0.7 } })

  const answer = await predict(asking(imageOf(1, 4)), {})

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
    'below the threshold of its version an answer is uncertain, and says between what',
    { threshold: 0.9 },
    'uncertain',
    ['dog', 'cat', 'hen'],
  ],
  [
    'where no threshold suffices, nothing is confident',
    { threshold: null },
    'uncertain',
    ['dog', 'cat', 'hen'],
  ],
  ['a version that was never calibrated decides nothing', undefined, null, null],
])('%s', async (_story, calibrated, decision, candidates) => {
  const { predict } = answering(calibrated ? { calibrated } : {})

  expect(await predict(asking(imageOf(1, 2)), {})).toMatchObject({ decision, candidates })
})

test('a picture unlike all that was learnt is said to be so, and its distance is kept', async () => {
  const { predict, rows } = answering({ calibrated: { threshold: 0.7, familiarUpTo: 0.6 } })

  expect(await predict(asking(imageOf(1, 9, 7)), {})).toMatchObject({
    predicted_class: 'dog',
    decision: 'unfamiliar',
    familiarity: { distance: 0.7, threshold: 0.6 },
  })
  expect(await predict(asking(imageOf(1, 9, 5)), {})).toMatchObject({
    predicted_class: 'dog',
    decision: 'confident',
    familiarity: { distance: 0.5, threshold: 0.6 },
  })
  expect(rows.map((row) => row.familiarity)).toEqual([0.7, 0.5])
})

test('a version whose bundle holds no training pictures answers as ever', async () => {
  const { predict, rows } = answering({ calibrated: { threshold: 0.7 } })

  expect(await predict(asking(imageOf(1, 9)), {})).toMatchObject({
    decision: 'confident',
    familiarity: null,
  })
  expect(rows[0]!.familiarity).toBeNull()
})

test('the candidates of an unsure answer are those of its version and its picture, each time the same', async () => {
  const { predict } = answering({ calibrated: { threshold: null, candidateMass: 0.7 } })
  // e / (e + 2) = 0.576: one class, or two by chance
  const images = Array.from({ length: 30 }, (_, i) => Uint8Array.of(1, 1, i))

  const answers = await Promise.all(images.map((bytes) => predict(asking(bytes), {})))
  const again = await Promise.all(images.map((bytes) => predict({ ...asking(bytes), save: false }, {})))

  expect(answers.map((answer) => answer.candidates)).toEqual(again.map((answer) => answer.candidates))
  expect(new Set(answers.map((answer) => answer.candidates!.length))).toEqual(new Set([1, 2]))
})

test('nobody hears an answer before its row is kept', async () => {
  const committed = Promise.withResolvers<void>()
  const { predict, rows } = answering({ keep: () => committed.promise })
  let isHeard = false

  const answer = predict(asking(imageOf(0, 5)), {}).then((response) => {
    isHeard = true
    return response
  })
  await new Promise(setImmediate)
  expect(isHeard).toBe(false)

  committed.resolve()
  const { id } = await answer
  expect(rows).toEqual([
    expect.objectContaining({
      id,
      versionId: 'id-of-v3',
      predictedClass: 'cat',
      picture: expect.objectContaining({
        mediaType: 'image/png',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    }),
  ])
})

test('an answer that may not be kept has no id and leaves no row', async () => {
  const { predict, rows } = answering()

  expect(await predict({ ...asking(imageOf(0, 5)), save: false }, {})).toMatchObject({
    id: null,
    predicted_class: 'cat',
  })
  expect(rows).toEqual([])
})

test('a picture that cannot be read is refused in the words of who read it, and leaves no row', async () => {
  const { predict, rows, leases } = answering()

  await expect(predict(asking(Uint8Array.of(BROKEN)), {})).rejects.toMatchObject({
    code: 'corrupt_image',
    why: 'it is a PNG picture, but its pixels are damaged',
  })
  expect(rows).toEqual([])
  expect(leases()).toBe(0)
})

test('the version that was asked for answers, and is free again afterwards', async () => {
  const { predict, asked, leases } = answering()

  await predict({ ...asking(imageOf(0, 5)), classifier: 'plants', version: 'v2' }, {})

  expect(asked).toEqual(['plants v2'])
  expect(leases()).toBe(0)
})

test('an image that ended a process is refused with its reason, and the same bytes reach no other', async () => {
  const { predict, asked } = answering()
  const refusal = {
    code: 'needs_more_memory',
    message: expect.stringContaining('it needs more memory than this machine has'),
  }

  await expect(predict(asking(Uint8Array.of(DEADLY, 1)), {})).rejects.toMatchObject(refusal)
  await expect(predict(asking(Uint8Array.of(DEADLY, 1)), {})).rejects.toMatchObject(refusal)
  await predict(asking(imageOf(1, 4)), {})

  expect(asked).toHaveLength(2)
})
