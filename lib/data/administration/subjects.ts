/**
 * Objects by their names: what an audit log shows instead of an id, and which classifier an object belongs
 * to.
 */
import type { Subject, SubjectKind } from '#lib/contracts/subjects.ts'
import type { Store } from '../store.ts'

export type Subjects = { readonly find: (kind: SubjectKind, id: string) => Promise<Subject | null> }

const BY_CLASSIFIER = { classifierId: true } as const

export function subjectsOf({ prisma }: Store): Subjects {
  const readers: Readonly<Record<SubjectKind, (id: string) => Promise<Subject | null>>> = {
    async classifier(id) {
      const row = await prisma.classifier.findUnique({ where: { id }, select: { id: true } })
      return row && { name: row.id, classifier: row.id }
    },
    async version(id) {
      const row = await prisma.version.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, number: true },
      })
      return row && { name: `${row.classifierId} v${row.number}`, classifier: row.classifierId }
    },
    async snapshot(id) {
      const row = await prisma.snapshot.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, hash: true },
      })
      return (
        row && {
          name: `snapshot ${row.hash.slice(0, 12)} of ${row.classifierId}`,
          classifier: row.classifierId,
        }
      )
    },
    async run(id) {
      const row = await prisma.run.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, recipe: true, createdAt: true },
      })
      return (
        row && {
          name: `training run of ${row.classifierId}, ${row.recipe}, ${minuteOf(row.createdAt)}`,
          classifier: row.classifierId,
        }
      )
    },
    async sample(id) {
      const row = await prisma.sample.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, filename: true, label: true, hash: true },
      })
      return (
        row && {
          name: `${row.filename ?? `image ${row.hash.slice(0, 8)}`} (${row.label ?? 'no label'})`,
          classifier: row.classifierId,
        }
      )
    },
    async upload(id) {
      const row = await prisma.upload.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, createdAt: true },
      })
      return (
        row && {
          name: `upload to ${row.classifierId}, ${minuteOf(row.createdAt)}`,
          classifier: row.classifierId,
        }
      )
    },
    async prediction(id) {
      const row = await prisma.prediction.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, filename: true, predictedClass: true },
      })
      return (
        row && { name: `${row.filename ?? 'an image'} (${row.predictedClass})`, classifier: row.classifierId }
      )
    },
    async 'prediction job'(id) {
      const row = await prisma.predictionJob.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, filename: true, createdAt: true },
      })
      return (
        row && {
          name: `prediction job ${row.filename ?? ''}, ${minuteOf(row.createdAt)}`,
          classifier: row.classifierId,
        }
      )
    },
    async key(id) {
      const row = await prisma.apiKey.findUnique({ where: { id }, select: { ...BY_CLASSIFIER, name: true } })
      return row && { name: row.name, classifier: row.classifierId }
    },
    async 'phone link'(id) {
      const row = await prisma.phoneLink.findUnique({
        where: { id },
        select: { ...BY_CLASSIFIER, createdAt: true },
      })
      return (
        row && {
          name: `phone link to ${row.classifierId}, ${minuteOf(row.createdAt)}`,
          classifier: row.classifierId,
        }
      )
    },
    async person(id) {
      const row = await prisma.person.findUnique({ where: { id }, select: { email: true } })
      return row && { name: row.email, classifier: null }
    },
  }
  return { find: (kind, id) => readers[kind](id) }
}

const minuteOf = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
