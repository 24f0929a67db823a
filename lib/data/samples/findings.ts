/** Figures of images, and the findings of the most recent report of each classifier, as rows. What is a finding is
 *  decided in lib/domain/findings. */
import { storedFindings, storedNames, storedReportState } from '#lib/contracts/stored-json.ts'
import { FINDING_KINDS, type Finding } from '#lib/domain/findings/finding.ts'
import type { JobPayloads } from '#lib/domain/jobs.ts'
import { CONFLICT_AUTHOR } from '#lib/domain/sample-state.ts'
import type { Prisma } from '../generated/client.ts'
import { newJob } from '../runs/jobs.ts'
import { parsed, type Store } from '../store.ts'
import type { FindingReport, FindingStore } from './finding-types.ts'
import { judgedSamplesIn } from './judged-samples.ts'

/** Rows of one statement. */
const ROWS_AT_ONCE = 1_000
/** What the newest uploads reported; older ones are history. */
const MOST_UPLOADS = 50
const UNREADABLE = new Set(['corrupt', 'not_an_image', 'too_large'])

export function findingsIn(store: Store): FindingStore {
  const { prisma, statements, id: newId, now } = store
  const change = (classifierId: string, data: Prisma.FindingReportUpdateManyMutationInput) =>
    prisma.findingReport.updateMany({ where: { classifierId }, data })

  return {
    keepFigures: (images) =>
      statements.bulk.replaceFigures(
        prisma,
        images.map(({ hash, figures, surroundings }) => ({
          ...figures,
          hash,
          surroundingsJson: JSON.stringify(surroundings),
        })),
      ),
    async withoutFigures(classifierId, { after, limit }) {
      const rows = await prisma.sample.findMany({
        where: {
          classifierId,
          trashedAt: null,
          hash: { gt: after },
          image: { OR: [{ figures: null }, { figures: { surroundingsJson: null } }] },
        },
        select: { hash: true },
        orderBy: { hash: 'asc' },
        take: limit,
      })
      return rows.map(({ hash }) => hash)
    },
    ...judgedSamplesIn(store),
    uploadFindings: (classifierId) => uploadFindings(prisma, classifierId),
    async request(classifierId) {
      const at = now()
      const row = await prisma.$transaction(async (tx) => {
        const known = await tx.findingReport.findUnique({ where: { classifierId } })
        if (known?.state === 'queued') return known
        await tx.job.create({
          data: newJob({ id: newId(), kind: 'findings', payload: { classifierId }, at }),
        })
        const queued = { state: 'queued', done: 0, total: 0, error: null, requestedAt: at }
        return tx.findingReport.upsert({
          where: { classifierId },
          create: { classifierId, ...queued, images: 0, unknownJson: '[]' },
          update: queued,
        })
      })
      return reportValue(row)
    },
    async cancel(classifierId) {
      const at = now()
      const ofClassifier = { kind: 'findings', payloadJson: payloadOf(classifierId) }
      return prisma.$transaction(async (tx) => {
        await tx.job.updateMany({
          where: { ...ofClassifier, state: 'queued' },
          data: { state: 'cancelled', isCancelRequested: true, endedAt: at },
        })
        await tx.job.updateMany({
          where: { ...ofClassifier, state: 'running' },
          data: { isCancelRequested: true },
        })
        await tx.findingReport.updateMany({
          where: { classifierId, state: { in: ['queued', 'running'] } },
          data: STOPPED,
        })
        const row = await tx.findingReport.findUnique({ where: { classifierId } })
        return row && reportValue(row)
      })
    },
    async isChecking(classifierId) {
      const job = await prisma.job.findFirst({
        where: {
          kind: 'findings',
          payloadJson: payloadOf(classifierId),
          state: { in: ['queued', 'running'] },
          isCancelRequested: false,
        },
        select: { id: true },
      })
      return job !== null
    },
    async stopped(classifierId) {
      await prisma.findingReport.updateMany({ where: { classifierId, state: 'running' }, data: STOPPED })
    },
    async report(classifierId) {
      const row = await prisma.findingReport.findUnique({ where: { classifierId } })
      return row && reportValue(row)
    },
    async begin(classifierId) {
      const running = { state: 'running', done: 0, total: 0, error: null }
      await prisma.findingReport.upsert({
        where: { classifierId },
        create: { classifierId, ...running, images: 0, unknownJson: '[]', requestedAt: now() },
        update: running,
      })
    },
    async progress(classifierId, progress) {
      await change(classifierId, progress)
    },
    async finish(classifierId, { findings, unknown, images }) {
      await prisma.$transaction(async (tx) => {
        const rows = await tx.sample.findMany({ where: { classifierId }, select: { id: true, label: true } })
        const labels = new Map(rows.map(({ id, label }) => [id, label]))
        await tx.finding.deleteMany({ where: { classifierId } })
        const named = findings.map((finding) => ({ id: newId(), finding }))
        for (const part of chunks(named))
          await tx.finding.createMany({
            data: part.map(({ id, finding }) => ({ id, classifierId, ...findingRow(finding) })),
          })
        const members = named.flatMap(({ id, finding }) =>
          finding.samples
            .filter((sampleId) => labels.has(sampleId))
            .map((sampleId, position) => ({
              findingId: id,
              position,
              sampleId,
              label: labels.get(sampleId) ?? null,
            })),
        )
        for (const part of chunks(members)) await tx.findingSample.createMany({ data: part })
        await tx.findingReport.updateMany({
          where: { classifierId, state: 'running' },
          data: { state: 'done' },
        })
        await tx.findingReport.updateMany({
          where: { classifierId },
          data: { images, unknownJson: JSON.stringify(unknown), computedAt: now() },
        })
      })
    },
    async fail(classifierId, error) {
      await change(classifierId, { state: 'failed', error })
    },
    async dismiss(classifierId, { kind, samples, by }) {
      return prisma.$transaction(async (tx) => {
        const rows = await tx.sample.findMany({
          where: { classifierId, id: { in: [...samples] } },
          select: { id: true, label: true, dismissals: { where: { kind } } },
        })
        const changed = rows.filter(({ label, dismissals: [known] }) => known?.label !== label)
        await tx.findingDismissal.deleteMany({
          where: { kind, sampleId: { in: changed.map(({ id }) => id) } },
        })
        const at = now()
        for (const part of chunks(changed))
          await tx.findingDismissal.createMany({
            data: part.map(({ id, label }) => ({ sampleId: id, kind, label, by, at })),
          })
        return changed.length
      })
    },
    async reopen(classifierId, { kind, samples }) {
      const { count } = await prisma.findingDismissal.deleteMany({
        where: { kind, sample: { classifierId, id: { in: [...samples] } } },
      })
      return count
    },
  }
}

/** Of a check that was cancelled; the findings are those of the last complete one. */
const STOPPED = { state: 'done', done: 0, total: 0, error: null }

const payloadOf = (classifierId: string): string =>
  JSON.stringify({ classifierId } satisfies JobPayloads['findings'])

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) yield rows.slice(at, at + ROWS_AT_ONCE)
}

const findingRow = ({ kind, severity, detail, suggestedLabel, labels }: Finding) => ({
  kind,
  severity,
  detail,
  suggestedLabel,
  labelsJson: JSON.stringify(labels),
})

const reportValue = (row: Prisma.FindingReportGetPayload<object>): FindingReport => {
  const unknown = new Set(parsed(storedNames, row.unknownJson))
  return {
    state: storedReportState.parse(row.state),
    done: row.done,
    total: row.total,
    images: row.images,
    unknown: FINDING_KINDS.filter((kind) => unknown.has(kind)),
    error: row.error,
    requestedAt: row.requestedAt,
    computedAt: row.computedAt,
  }
}

async function uploadFindings(
  prisma: Store['prisma'],
  classifierId: string,
): ReturnType<FindingStore['uploadFindings']> {
  const uploads = await prisma.upload.findMany({
    where: { classifierId, state: 'done', trashedAt: null },
    select: { reportJson: true },
    orderBy: { id: 'desc' },
    take: MOST_UPLOADS,
  })
  const reported = uploads.flatMap(({ reportJson }) => parsed(storedFindings, reportJson).findings)
  const files = reported.filter(({ kind }) => UNREADABLE.has(kind))
  const arrived = await prisma.sample.findMany({
    where: { classifierId, filename: { in: files.map(({ filename }) => filename) } },
    select: { filename: true },
  })
  const names = new Set(arrived.map(({ filename }) => filename))
  const faults = await prisma.sample.findMany({
    where: { classifierId, trashedAt: null, image: { fault: { isNot: null } } },
    select: { filename: true, hash: true },
  })
  return {
    unreadable: [
      ...files
        .filter(({ filename }) => !names.has(filename))
        .map(({ filename, detail }) => ({ filename, reason: detail })),
      ...faults.map(({ filename, hash }) => ({
        filename: filename ?? `image ${hash.slice(0, 8)}`,
        reason: 'Its stored file is missing or damaged.',
      })),
    ],
    conflicts: await openConflicts(prisma, reported),
  }
}

type FileReport = { readonly sampleId: string | null; readonly labels?: readonly string[] | undefined }

/** Excluded since the upload, and not changed by a person. */
async function openConflicts(prisma: Store['prisma'], reported: readonly FileReport[]) {
  const labelsOf = new Map(
    reported.flatMap(({ sampleId, labels = [] }) =>
      sampleId !== null && labels.length > 1 ? [[sampleId, labels] as const] : [],
    ),
  )
  const rows = await prisma.sample.findMany({
    where: {
      id: { in: [...labelsOf.keys()] },
      excludedAt: { not: null },
      trashedAt: null,
      changes: { none: { change: { by: { not: CONFLICT_AUTHOR } } } },
    },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return rows.map(({ id }) => ({ sampleId: id, labels: labelsOf.get(id)! }))
}
