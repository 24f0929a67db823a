/** Responses to predictions as rows: a correction, or a confirmation on request, makes its image a labelled
 *  sample. What a response means is decided in lib/domain/feedback.ts; whether the sample is trained on, in
 *  lib/training. */
import { trashedUntil } from '#lib/domain/sample-state.ts'
import { splitOf } from '#lib/domain/grouping/splits.ts'
import { deleteUnusedImages, deletingImages } from '../images/image-removals.ts'
import { keepForSample } from '../images/images.ts'
import { revive, unknownClass } from '../samples/samples.ts'
import type { FeedbackChange, FeedbackStore } from './prediction-types.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'
import type { Transaction } from '../trash/trash-rows.ts'

type CorrectedPrediction = {
  readonly classifierId: string
  readonly imageHash: string | null
  readonly filename: string | null
}

export function feedbackOf(store: Store): FeedbackStore {
  const { prisma, id: newId, now } = store
  return {
    async predictedClasses(ids) {
      const rows = await prisma.prediction.findMany({
        where: { id: { in: [...ids] } },
        select: { id: true, predictedClass: true },
      })
      return new Map(rows.map(({ id, predictedClass }) => [id, predictedClass]))
    },
    save: (changes) =>
      deletingImages(store, async (tx) => {
        const sampleIds: (string | null)[] = []
        for (const change of changes) sampleIds.push(await replace(tx, change))
        return sampleIds
      }),
  }

  async function replace(tx: Transaction, { predictionId, meaning }: FeedbackChange): Promise<string | null> {
    const prediction = await tx.prediction.findUnique({
      where: { id: predictionId },
      select: { classifierId: true, imageHash: true, filename: true },
    })
    if (!prediction) throw notFound('prediction', predictionId)
    const at = now()
    if (!meaning) {
      await removeEarlier(tx, predictionId, at)
      return null
    }
    const { isCorrect, label, isSample } = meaning
    if (label !== null && (isSample || !isCorrect))
      await refuseUnknownClass(tx, prediction.classifierId, label)
    await removeEarlier(tx, predictionId, at)
    const sampleId = isSample && label !== null ? await addSample(tx, prediction, { label, at }) : null
    await tx.feedback.create({ data: { predictionId, isCorrect, label, sampleId, at } })
    return sampleId
  }

  /**
   * Removes an earlier response, with the sample that it created. An older sample, such as an uploaded one
   * that a correction restored, goes to the trash: only an admin deletes permanently.
   */
  async function removeEarlier(tx: Transaction, predictionId: string, at: Date): Promise<void> {
    const earlier = await tx.feedback.findUnique({ where: { predictionId } })
    if (!earlier) return
    await tx.feedback.delete({ where: { predictionId } })
    if (earlier.sampleId === null) return
    const sample = await tx.sample.findFirst({
      where: { id: earlier.sampleId, source: 'feedback', feedback: { none: {} } },
    })
    if (!sample) return
    if (sample.createdAt >= earlier.at) {
      await tx.sample.delete({ where: { id: sample.id } })
      await deleteUnusedImages(tx, [sample.hash], at)
    } else if (sample.trashedAt === null) {
      const trashId = newId()
      await tx.trashEntry.create({
        data: {
          id: trashId,
          kind: 'samples',
          classifierId: sample.classifierId,
          title: sample.filename ?? 'image',
          by: 'a correction that was undone',
          at,
          until: trashedUntil(at),
        },
      })
      await tx.sample.update({ where: { id: sample.id }, data: { trashedAt: at, trashId } })
    }
  }

  /** A sample from another source keeps its label: only an admin changes those. */
  async function addSample(
    tx: Transaction,
    { classifierId, imageHash: hash, filename }: CorrectedPrediction,
    { label, at }: { readonly label: string; readonly at: Date },
  ): Promise<string | null> {
    if (hash === null) return null
    const added = {
      label,
      split: splitOf(hash, null),
      isSplitGiven: false,
      source: 'feedback',
      uploadId: null,
      filename,
    } as const
    const known = await tx.sample.findUnique({ where: { classifierId_hash: { classifierId, hash } } })
    if (known && (known.trashedAt !== null || known.label === null)) {
      await revive(tx, known, { ...added, at })
      return known.id
    }
    if (known && (await isArriving(tx, known.uploadId))) {
      // An upload that fails takes back what it has added; a correction stays.
      const { label, source, uploadId } = added
      await tx.sample.update({ where: { id: known.id }, data: { label, source, uploadId, labelledAt: at } })
      return known.id
    }
    if (known) {
      if (known.source === 'feedback' && known.label !== label)
        await tx.sample.update({ where: { id: known.id }, data: { label, labelledAt: at } })
      return known.id
    }
    await keepForSample(tx, hash)
    const { id } = await tx.sample.create({
      data: { id: newId(), classifierId, hash, ...added, createdAt: at, labelledAt: at },
    })
    return id
  }
}

const isArriving = async (tx: Transaction, uploadId: string | null): Promise<boolean> =>
  uploadId !== null && (await tx.upload.count({ where: { id: uploadId, state: 'running' } })) > 0

async function refuseUnknownClass(tx: Transaction, classifierId: string, label: string): Promise<void> {
  const classes = await tx.class.findMany({ where: { classifierId }, orderBy: { position: 'asc' } })
  const names = classes.map(({ name }) => name)
  if (!names.includes(label)) throw unknownClass(classifierId, label, names)
}
