import { expect, test } from 'vitest'
import { editsOf, openWithFruit, predictionOf, storedImage } from '../opened.fakes.ts'

test('a correction becomes a labelled sample; taking it back removes the sample', async () => {
  const { data } = await openWithFruit()
  const prediction = predictionOf(data, { image: storedImage('predicted') })
  await data.predictions.record(prediction)
  const { id } = prediction

  const corrected = await editsOf(data).giveFeedback({ id, correct: false, label: 'lime' })

  expect(corrected).toMatchObject({ id, correct: false, label: 'lime', sample_id: expect.any(String) })
  expect(await data.samples.get(corrected.sample_id ?? '')).toMatchObject({
    label: 'lime',
    source: 'feedback',
    filename: 'a.png',
    hash: storedImage('predicted').hash,
  })
  expect((await data.queries.getPrediction({ id })).feedback).toEqual({
    correct: false,
    label: 'lime',
    sample_id: corrected.sample_id,
    at: '2026-11-21T12:00:00.000Z',
  })

  const otherwise = await editsOf(data).giveFeedback({ id, correct: false, label: 'plum' })
  expect((await data.samples.all('fruit')).map((sample) => [sample.id, sample.label])).toEqual([
    [otherwise.sample_id, 'plum'],
  ])

  expect(await editsOf(data).giveFeedback({ id, correct: true })).toEqual({
    id,
    correct: true,
    label: 'apple',
    sample_id: null,
  })
  expect(await data.samples.all('fruit')).toEqual([])
  expect((await data.queries.predictionImage({ id })).bytes).toBeTruthy()
})

test('a correction does not relabel a sample from another source', async () => {
  const { data } = await openWithFruit()
  const image = storedImage('predicted')
  const [sample] = await data.samples.add('fruit', [
    { image, label: 'plum', split: 'test', source: 'dataset', uploadId: null, filename: null },
  ])
  const prediction = predictionOf(data, { image })
  await data.predictions.record(prediction)

  const { sample_id } = await editsOf(data).giveFeedback({ id: prediction.id, correct: false, label: 'lime' })
  await editsOf(data).giveFeedback({ id: prediction.id, correct: true })

  expect(sample_id).toBe(sample?.sampleId)
  expect((await data.samples.all('fruit')).map((s) => s.label)).toEqual(['plum'])
})

test('a confirmed image is trained on once requested, and no longer when its feedback is removed', async () => {
  const { data } = await openWithFruit()
  const prediction = predictionOf(data, { image: storedImage('predicted') })
  await data.predictions.record(prediction)
  const { id } = prediction
  const labels = async () => (await data.samples.all('fruit')).map(({ label, source }) => [label, source])
  await editsOf(data).giveFeedback({ id, correct: true })
  expect(await labels()).toEqual([])

  await editsOf(data).giveFeedback({ id, correct: true, add_to_training: true })
  expect(await labels()).toEqual([['apple', 'feedback']])
  expect((await data.queries.getPrediction({ id })).feedback?.sample_id).not.toBeNull()

  await editsOf(data).giveFeedback({ id, correct: null })
  expect(await labels()).toEqual([])
  expect((await data.queries.getPrediction({ id })).feedback).toBeNull()
})

test('an image of none of the classes counts as incorrect, and is not trained on', async () => {
  const { data } = await openWithFruit()
  const prediction = predictionOf(data, { image: storedImage('predicted') })
  await data.predictions.record(prediction)
  const { id } = prediction

  expect(await editsOf(data).giveFeedback({ id, correct: false, label: null })).toEqual({
    id,
    correct: false,
    label: null,
    sample_id: null,
  })

  expect(await data.samples.all('fruit')).toEqual([])
  expect((await data.queries.statistics({ days: 1 })).corrections).toBe(1)
})

test('feedback on many predictions is saved whole or not at all, and restores what was before', async () => {
  const { data } = await openWithFruit()
  const [first, second] = ['one', 'two'].map((name) => predictionOf(data, { image: storedImage(name) }))
  await data.predictions.record(first!)
  await data.predictions.record(second!)
  const { giveFeedback, giveFeedbackOnMany } = editsOf(data)
  await giveFeedback({ id: first!.id, correct: false, label: 'lime' })
  const given = async () =>
    (await data.queries.listPredictions({ limit: 9 })).predictions.map((one) => one.feedback?.label ?? null)

  const both = [first!.id, second!.id].map((id) => ({ id, correct: false, label: 'plum' }))
  await expect(
    giveFeedbackOnMany({ feedback: [...both, { id: second!.id, correct: false, label: 'pear' }] }),
  ).rejects.toMatchObject({ code: 'unknown_class' })
  expect(await given()).toEqual([null, 'lime'])

  const { feedback } = await giveFeedbackOnMany({ feedback: both })
  expect(feedback.map(({ label }) => label)).toEqual(['plum', 'plum'])
  expect(await given()).toEqual(['plum', 'plum'])

  await giveFeedbackOnMany({
    feedback: [
      { id: first!.id, correct: false, label: 'lime' },
      { id: second!.id, correct: null },
    ],
  })
  expect(await given()).toEqual([null, 'lime'])
  expect((await data.samples.all('fruit')).map(({ label }) => label)).toEqual(['lime'])
})

test('a prediction without a stored image can be corrected, but creates no sample', async () => {
  const { data } = await openWithFruit()
  const prediction = predictionOf(data)
  await data.predictions.record(prediction)

  expect(
    (await editsOf(data).giveFeedback({ id: prediction.id, correct: false, label: 'lime' })).sample_id,
  ).toBeNull()
  await expect(data.queries.predictionImage({ id: prediction.id })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test.each([
  ['wrong without saying what is right', { correct: false }, 'invalid_input'],
  ['wrong and right at once', { correct: false, label: 'apple' }, 'invalid_input'],
  ['right, and another label', { correct: true, label: 'lime' }, 'invalid_input'],
  ['a class that is not there', { correct: false, label: 'pear' }, 'unknown_class'],
])('feedback is refused: %s', async (_story, response, code) => {
  const { data } = await openWithFruit()
  const prediction = predictionOf(data)
  await data.predictions.record(prediction)

  await expect(editsOf(data).giveFeedback({ id: prediction.id, ...response })).rejects.toMatchObject({ code })
  expect((await data.queries.getPrediction({ id: prediction.id })).feedback).toBeNull()
})
