/** What the bell lists for a user. Nothing is stored for a notice: each is a row of its run, upload, job or report. */
import type { Caller, Output } from '#lib/contracts/contract.ts'
import type { listNotices, Notice } from '#lib/contracts/notices.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import type { Data } from '#lib/data/data.ts'
import { ownedBy } from '#lib/data/predictions/prediction-jobs.ts'
import { ACTIVE_STATES, runValue, WITH_VERSIONS } from '#lib/data/runs/runs.ts'
import type { Store } from '#lib/data/store.ts'
import { openFindings } from './findings.ts'
import { progressOf } from './run-stage.ts'

const DAYS = 14
const DAY_MS = 86_400_000
const MOST = 30

type NoticeQueries = {
  readonly listNotices: (
    input: object,
    request: { readonly caller: Caller },
  ) => Promise<Output<typeof listNotices>>
}
type Draft = Omit<Notice, 'is_read' | 'at'> & { readonly at: Date }
const LISTED = { classifier: { trashedAt: null } } as const
const WITH_TITLE = { classifier: { select: { title: true } } } as const

export function noticeQueries(
  store: Store,
  { notices, samples }: Pick<Data, 'notices' | 'samples'>,
): NoticeQueries {
  const { prisma, now } = store
  return {
    async listNotices(_input, { caller }) {
      const since = new Date(now().getTime() - DAYS * DAY_MS)
      const [lists, readAt, running] = await Promise.all([
        Promise.all([runs(since), uploads(since), jobs(since, caller), findings(since), corrections(since)]),
        notices.readAt(caller.id ?? ''),
        runInProgress(),
      ])
      const all = lists
        .flat()
        .toSorted((a, b) => b.at.getTime() - a.at.getTime())
        .slice(0, MOST)
        .map(({ at, ...one }) => ({
          ...one,
          at: at.toISOString(),
          is_read: readAt !== null && at.getTime() <= readAt.getTime(),
        }))
      return { notices: all, unread: all.filter((one) => !one.is_read).length, running }
    },
  }

  async function runs(since: Date): Promise<Draft[]> {
    const rows = await prisma.run.findMany({
      where: { ...LISTED, state: { in: ['done', 'failed'] }, endedAt: { gt: since } },
      include: { ...WITH_TITLE, version: { select: { number: true } } },
      orderBy: { id: 'desc' },
      take: MOST,
    })
    return rows.map(
      ({ id, classifierId, classifier: { title }, version, state, isPromoted, error, endedAt }) => ({
        id,
        kind: state === 'done' ? 'run_done' : 'run_failed',
        classifier: classifierId,
        text: `${title}: ${runText({ state, error, version, isPromoted })}`,
        path: classifierPage(classifierId, `train/${id}`),
        at: endedAt!,
      }),
    )
  }

  async function uploads(since: Date): Promise<Draft[]> {
    const rows = await prisma.upload.findMany({
      where: { ...LISTED, state: 'failed', trashedAt: null, createdAt: { gt: since } },
      include: WITH_TITLE,
      orderBy: { id: 'desc' },
      take: MOST,
    })
    return rows.map(({ id, classifierId, classifier: { title }, error, createdAt }) => ({
      id,
      kind: 'upload_failed',
      classifier: classifierId,
      text: `${title}: an upload failed.${error ? ` ${error}` : ''}`,
      path: classifierPage(classifierId, 'images/add'),
      at: createdAt,
    }))
  }

  /** Of admins, all; of others, their own: only these may read the results. */
  async function jobs(since: Date, caller: Caller): Promise<Draft[]> {
    const rows = await prisma.predictionJob.findMany({
      where: {
        ...LISTED,
        job: { state: 'failed', endedAt: { gt: since } },
        ...(!caller.scopes.includes('admin') && ownedBy({ kind: 'person', id: caller.id })),
      },
      include: { ...WITH_TITLE, job: { select: { endedAt: true } } },
      orderBy: { id: 'desc' },
      take: MOST,
    })
    return rows.map(({ id, classifierId, classifier: { title }, filename, job }) => ({
      id,
      kind: 'job_failed',
      classifier: classifierId,
      text: `${title}: the predictions for ${filename ?? 'many images'} failed.`,
      path: classifierPage(classifierId, 'predict/jobs'),
      at: job!.endedAt!,
    }))
  }

  async function findings(since: Date): Promise<Draft[]> {
    const reports = await prisma.findingReport.findMany({
      where: { ...LISTED, computedAt: { gt: since } },
      include: WITH_TITLE,
      orderBy: { computedAt: 'desc' },
      take: MOST,
    })
    const open = await Promise.all(
      reports.map(async ({ classifierId }) => {
        const all = await openFindings(store, { classifierId, uploadId: null })
        return all.filter(({ isDismissed }) => !isDismissed).length
      }),
    )
    return reports.flatMap(({ classifierId, classifier: { title }, computedAt }, i) =>
      open[i] === 0
        ? []
        : {
            id: classifierId,
            kind: 'findings',
            classifier: classifierId,
            text: `${title}: ${counted(open[i]!, 'problem')} found with its images.`,
            path: classifierPage(classifierId, 'images/findings'),
            at: computedAt!,
          },
    )
  }

  async function corrections(since: Date): Promise<Draft[]> {
    const newest = await prisma.sample.groupBy({
      by: ['classifierId'],
      where: { ...LISTED, source: 'feedback', labelledAt: { gt: since }, trashedAt: null },
      _max: { labelledAt: true },
      orderBy: { _max: { labelledAt: 'desc' } },
      take: MOST,
    })
    if (newest.length === 0) return []
    const rows = await prisma.classifier.findMany({
      where: { id: { in: newest.map(({ classifierId }) => classifierId) } },
      select: { id: true, title: true },
    })
    const titles = new Map(rows.map(({ id, title }) => [id, title]))
    const waiting = await Promise.all(newest.map(({ classifierId }) => samples.countUnseen(classifierId)))
    return newest.flatMap(({ classifierId, _max }, i) =>
      waiting[i]!.corrections === 0
        ? []
        : {
            id: classifierId,
            kind: 'corrections',
            classifier: classifierId,
            text: `${titles.get(classifierId) ?? classifierId}: ${waitingText(waiting[i]!.corrections)}`,
            path: classifierPage(classifierId, 'train'),
            at: _max.labelledAt!,
          },
    )
  }

  async function runInProgress(): Promise<Output<typeof listNotices>['running']> {
    const rows = await prisma.run.findMany({
      where: { ...LISTED, state: { in: [...ACTIVE_STATES] } },
      include: { ...WITH_VERSIONS, ...WITH_TITLE },
      orderBy: { id: 'asc' },
      take: MOST,
    })
    const row = rows.find(({ state }) => state !== 'queued') ?? rows[0]
    if (!row) return null
    const { id, classifierId, classifier } = row
    return {
      run_id: id,
      classifier: classifierId,
      title: classifier.title,
      progress: progressOf(runValue(row)),
    }
  }
}

const waitingText = (corrections: number): string =>
  `${counted(corrections, 'correction')} not yet used for training.`

type EndedRun = {
  readonly state: string
  readonly error: string | null
  readonly version: { readonly number: number } | null
  readonly isPromoted: boolean
}

function runText({ state, error, version, isPromoted }: EndedRun): string {
  if (state === 'failed') return `training failed.${error ? ` ${error}` : ''}`
  if (!version) return 'training is complete.'
  return `training is complete; v${version.number} is ${isPromoted ? 'live' : 'not live'}.`
}
