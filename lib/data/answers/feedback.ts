/** What a person says of an answer: a correction makes its picture a labelled sample. Whether that is trained
 *  on is lib/training's to decide. */
import { DarkroomError } from '#lib/domain/errors.ts'
import { trashedUntil } from '#lib/domain/sample-state.ts'
import { splitOf } from '#lib/domain/splits.ts'
import type { TransactionScope } from '../connection.ts'
import type { Answers } from '../data.ts'
import { keepForSample, sweepPictures } from '../images.ts'
import { revive, unknownClass } from '../samples.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'

type FeedbackTarget = {
  readonly id: string
  readonly classifierId: string
  readonly predictedClass: string
  readonly pictureHash: string | null
  readonly filename: string | null
}
type Correction = {
  readonly asked: FeedbackTarget
  readonly label: string
  readonly sampleId: string
  readonly at: Date
}

export const feedbackAnswers = ({ connection, settings, id, now }: Store): Pick<Answers, 'giveFeedback'> => ({
  giveFeedback: (response) =>
    connection.write((writing) => {
      const request = writing.one<FeedbackTarget>(
        'SELECT "id", "classifierId", "predictedClass", "pictureHash", "filename" FROM "Prediction" WHERE "id" = ?',
        response.id,
      )
      if (!request) throw notFound('prediction', response.id)
      const label = rightLabel(writing, request, response)
      const at = now()
      forget(writing, { dataDir: settings.dataDir, predictionId: request.id, trashId: id(), at })
      const sampleId = response.correct
        ? null
        : correct(writing, { asked: request, label, sampleId: id(), at })
      writing.insert('Feedback', {
        predictionId: request.id,
        isCorrect: response.correct,
        label,
        sampleId,
        at,
      })
      return { id: request.id, correct: response.correct, label, sample_id: sampleId }
    }),
})

function rightLabel(
  writing: TransactionScope,
  request: FeedbackTarget,
  response: { readonly correct: boolean; readonly label?: string | undefined },
): string {
  const what = 'The feedback was not saved'
  if (response.correct) {
    if (response.label === undefined || response.label === request.predictedClass)
      return request.predictedClass
    throw new DarkroomError('invalid_input', {
      what,
      why: `it says that "${request.predictedClass}" is correct, and also that the class is "${response.label}"`,
      remedy: 'Send correct: false with the correct label.',
    })
  }
  if (response.label === undefined)
    throw new DarkroomError(
      'invalid_input',
      {
        what,
        why: 'it says that the prediction is incorrect, but not what is correct',
        remedy: 'Send the correct class as label.',
      },
      { errors: [{ path: 'label', message: 'required if correct is false' }] },
    )
  if (response.label === request.predictedClass)
    throw new DarkroomError('invalid_input', {
      what,
      why: `it says that "${response.label}" is both incorrect and correct`,
      remedy: 'Send correct: true, or another label.',
    })
  const classes = writing
    .all<{ name: string }>(
      'SELECT "name" FROM "Class" WHERE "classifierId" = ? ORDER BY "position"',
      request.classifierId,
    )
    .map((c) => c.name)
  if (!classes.includes(response.label)) throw unknownClass(request.classifierId, response.label, classes)
  return response.label
}

type ForgetOptions = {
  readonly dataDir: string
  readonly predictionId: string
  readonly trashId: string
  readonly at: Date
}

/** Takes back what was said before, with the sample that it made. One that is older, such as an uploaded one
 *  that a correction took out of the trash, goes to the trash: only an admin deletes for good. */
function forget(writing: TransactionScope, { dataDir, predictionId, trashId, at }: ForgetOptions): void {
  const before = writing.one<{ sampleId: string | null; at: number }>(
    'SELECT "sampleId", "at" FROM "Feedback" WHERE "predictionId" = ?',
    predictionId,
  )
  if (!before) return
  writing.run('DELETE FROM "Feedback" WHERE "predictionId" = ?', predictionId)
  const sample = writing.one<{
    id: string
    classifierId: string
    filename: string | null
    createdAt: number
    trashedAt: number | null
  }>(
    'SELECT "id", "classifierId", "filename", "createdAt", "trashedAt" FROM "Sample" WHERE "id" = ?1 ' +
      'AND "source" = \'feedback\' AND NOT EXISTS (SELECT 1 FROM "Feedback" WHERE "sampleId" = ?1)',
    before.sampleId,
  )
  if (!sample) return
  if (sample.createdAt >= before.at) {
    const gone = writing.all<{ hash: string }>(
      'DELETE FROM "Sample" WHERE "id" = ? RETURNING "hash"',
      sample.id,
    )
    sweepPictures(
      writing,
      dataDir,
      gone.map((row) => row.hash),
    )
  } else if (sample.trashedAt === null) {
    writing.insert('TrashEntry', {
      id: trashId,
      kind: 'samples',
      classifierId: sample.classifierId,
      uploadId: null,
      versionId: null,
      title: sample.filename ?? 'image',
      by: 'a correction that was undone',
      at,
      until: trashedUntil(at),
    })
    writing.run('UPDATE "Sample" SET "trashedAt" = ?, "trashId" = ? WHERE "id" = ?', at, trashId, sample.id)
  }
}

/** The sample that a correction makes or relabels. A sample that came another way keeps its label: only an
 *  admin changes those. */
function correct(writing: TransactionScope, { asked, label, sampleId, at }: Correction): string | null {
  if (asked.pictureHash === null) return null
  const known = writing.one<{
    id: string
    source: string
    label: string | null
    trashedAt: number | null
    trashId: string | null
  }>(
    'SELECT "id", "source", "label", "trashedAt", "trashId" FROM "Sample" WHERE "classifierId" = ? AND "hash" = ?',
    asked.classifierId,
    asked.pictureHash,
  )
  if (known && (known.trashedAt !== null || known.label === null)) {
    revive(writing, known, {
      label,
      split: splitOf(asked.pictureHash, null),
      source: 'feedback',
      uploadId: null,
      filename: asked.filename,
      at,
    })
    return known.id
  }
  if (known) {
    if (known.source === 'feedback')
      writing.run(
        'UPDATE "Sample" SET "label" = ?, "labelledAt" = ? WHERE "id" = ? AND "label" <> ?',
        label,
        at,
        known.id,
        label,
      )
    return known.id
  }
  keepForSample(writing, asked.pictureHash)
  writing.insert('Sample', {
    id: sampleId,
    classifierId: asked.classifierId,
    hash: asked.pictureHash,
    label,
    split: splitOf(asked.pictureHash, null),
    source: 'feedback',
    uploadId: null,
    filename: asked.filename,
    createdAt: at,
    labelledAt: at,
  })
  return sampleId
}
