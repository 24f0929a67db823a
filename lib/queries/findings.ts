/** Findings that still hold, as pages and GET /api/findings show them. */
import {
  MOST_SAMPLES_OF_FINDING,
  type FindingReportAnswer,
  type SetFinding,
} from '#lib/contracts/findings.ts'
import { storedNames } from '#lib/contracts/stored-json.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { FindingReport } from '#lib/data/samples/finding-types.ts'
import { parsed, type Store } from '#lib/data/store.ts'
import { SPLITS } from '#lib/domain/classifier.ts'
import { FINDING_KINDS, type FindingKind } from '#lib/domain/findings/finding.ts'
import { isDismissed, type FindingState } from '#lib/domain/findings/open-findings.ts'
import { isOpen, remediesOf } from '#lib/domain/findings/registry.ts'
import { pageOf } from '#lib/domain/page.ts'

type FindingQueries = {
  readonly listFindings: RouteAnswer<'GET /api/findings'>
}

export const findingQueries = (
  store: Store,
  { classifiers, findings }: Pick<Data, 'classifiers' | 'findings'>,
): FindingQueries => ({
  async listFindings({ classifier, kind, upload, dismissed: listsDismissed = false, cursor, limit }) {
    const { id: classifierId } = await classifiers.chosen(classifier)
    const all = await openFindings(store, { classifierId, uploadId: upload ?? null })
    const listed = all.filter((one) => one.isDismissed === listsDismissed)
    const requested = kind === undefined ? listed : listed.filter((one) => one.kind === kind)
    const start = cursor === undefined ? 0 : requested.findIndex(({ id }) => id === cursor) + 1
    const page = pageOf(requested.slice(start, start + limit + 1), limit, ({ id }) => id)
    const report = await findings.report(classifierId)
    return {
      classifier: classifierId,
      report: reportAnswer(report),
      kinds: FINDING_KINDS.map((one) => ({
        kind: one,
        count: listed.filter((finding) => finding.kind === one).length,
        remedies: [...remediesOf(one)],
      })).filter(({ count }) => count > 0),
      findings: await answersOf(store.prisma, page.rows),
      dismissed: all.filter((one) => one.isDismissed).length,
      next_cursor: page.next,
    }
  },
})

export const reportAnswer = (report: FindingReport | null): FindingReportAnswer =>
  report === null
    ? { state: 'none', done: 0, total: 0, images: 0, computed_at: null, error: null, unknown: [] }
    : {
        // a first check that was cancelled has no result
        state: report.state === 'done' && report.computedAt === null ? 'none' : report.state,
        done: report.done,
        total: report.total,
        images: report.images,
        computed_at: report.computedAt?.toISOString() ?? null,
        error: report.error,
        unknown: [...report.unknown],
      }

type OpenFinding = {
  readonly id: string
  readonly kind: FindingKind
  readonly severity: number
  readonly isDismissed: boolean
}

/** By kind, the most severe first; with those that were dismissed. */
export async function openFindings(
  { prisma, statements }: Pick<Store, 'prisma' | 'statements'>,
  of: { readonly classifierId: string; readonly uploadId: string | null },
): Promise<readonly OpenFinding[]> {
  const rows = await statements.lists.findingStates(prisma, of)
  const order = new Map(FINDING_KINDS.map((kind, i) => [kind, i]))
  return rows
    .flatMap((row) => {
      const kind = FINDING_KINDS.find((one) => one === row.kind)
      const { id, severity, ...counts } = row
      const state = numbers(counts)
      if (kind === undefined || !isOpen(kind, state)) return []
      return [{ id, kind, severity, isDismissed: isDismissed(state) }]
    })
    .toSorted(
      (a, b) => order.get(a.kind)! - order.get(b.kind)! || b.severity - a.severity || (a.id < b.id ? -1 : 1),
    )
}

/** Sums come as BigInt. */
const numbers = (row: FindingState): FindingState => ({
  samples: Number(row.samples),
  usable: Number(row.usable),
  unchanged: Number(row.unchanged),
  tests: Number(row.tests),
  labels: Number(row.labels),
  excluded: Number(row.excluded),
  dismissed: Number(row.dismissed),
})

async function answersOf(prisma: Store['prisma'], shown: readonly OpenFinding[]): Promise<SetFinding[]> {
  const rows = await prisma.finding.findMany({
    where: { id: { in: shown.map(({ id }) => id) } },
    include: {
      _count: { select: { samples: true } },
      samples: {
        orderBy: { position: 'asc' },
        take: MOST_SAMPLES_OF_FINDING,
        include: { sample: { include: { image: { select: { width: true, height: true } } } } },
      },
    },
  })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return shown.flatMap(({ id, kind, severity }) => {
    const row = byId.get(id)
    if (!row) return [] // replaced by a new report meanwhile
    return [
      {
        id,
        kind,
        severity,
        detail: row.detail,
        suggested_label: row.suggestedLabel,
        labels: parsed(storedNames, row.labelsJson),
        remedies: [...remediesOf(kind)],
        samples: row.samples.map(({ sample }) => ({
          id: sample.id,
          label: sample.label,
          split: SPLITS.find((one) => one === sample.split) ?? null,
          filename: sample.filename,
          ...sample.image,
          is_excluded: sample.excludedAt !== null,
          image_url: `/api/samples/${sample.id}/image`,
        })),
        samples_total: row._count.samples,
      },
    ]
  })
}
