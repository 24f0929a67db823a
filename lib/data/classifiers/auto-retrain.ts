/** What automatic retraining reads and stores: the choice of a classifier, what was labelled since its live version and
 *  since its latest run, and how the runs that started by themselves ended. The rule is lib/domain/auto-retrain.ts. */
import { AUTO_RETRAIN, type AutoRetrain, type LabelChanges } from '#lib/domain/auto-retrain.ts'
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'

/** As stored; null: the setting of the installation applies. */
export type AutoRetrainChoice = {
  readonly policy: AutoRetrain | null
  /** `nightly` or a number of images. */
  readonly after: string | null
}

export type AutoRetrainRecord = {
  /** The name of the promoted version; null before the first. */
  readonly live: string | null
  readonly sinceLive: LabelChanges
  readonly sinceRun: LabelChanges
  readonly lastAutomaticAt: number | null
  readonly failures: { readonly count: number; readonly endedAt: number; readonly error: string | null }
  /** How long the latest finished run of a last layer took, from its start to the comparison; null before the first. */
  readonly lastSeconds: number | null
}

export type AutoRetrainStore = {
  readonly choiceOf: (classifierId: string) => Promise<AutoRetrainChoice>
  readonly choose: (
    classifierId: string,
    choice: { readonly policy?: AutoRetrain | null | undefined; readonly after?: string | null | undefined },
  ) => Promise<void>
  readonly recordOf: (classifierId: string) => Promise<AutoRetrainRecord>
  /** Ids of versions of such runs that were never live, the newest `keep` left out. */
  readonly unusedVersions: (classifierId: string, keep: number) => Promise<readonly string[]>
}

/** Failures beyond these change nothing: the pause is a day by then. */
const MOST_FAILURES = 20

export function autoRetrainOf({ prisma, statements }: Store): AutoRetrainStore {
  /** New and corrected images that training uses, labelled later than `since`. */
  async function changesSince(
    classifierId: string,
    { since, sources }: { readonly since: Date; readonly sources: readonly string[] },
  ): Promise<LabelChanges> {
    const where = {
      classifierId,
      source: { in: [...sources] },
      labelledAt: { gt: since },
      split: { not: null },
      excludedAt: null,
      trashedAt: null,
      // images of an upload that is still running may yet be taken back
      OR: [{ uploadId: null }, { upload: { state: { not: 'running' } } }],
    }
    const [images, corrections] = await Promise.all([
      prisma.sample.count({ where }),
      prisma.sample.count({
        where: {
          AND: [
            where,
            { OR: [{ source: 'feedback' }, { labelledAt: { gt: prisma.sample.fields.createdAt } }] },
          ],
        },
      }),
    ])
    return { images, corrections }
  }

  return {
    async choiceOf(classifierId) {
      // the worker reads it for all classifiers every few seconds, without Prisma
      const row = await statements.classifiers.row(classifierId)
      if (!row) throw notFound('classifier', classifierId)
      return {
        policy: AUTO_RETRAIN.find((one) => one === row.autoRetrain) ?? null,
        after: row.autoRetrainAfter,
      }
    },
    async choose(classifierId, { policy, after }) {
      await prisma.classifier.update({
        where: { id: classifierId },
        data: {
          ...(policy !== undefined && { autoRetrain: policy }),
          ...(after !== undefined && { autoRetrainAfter: after }),
        },
      })
    },
    async recordOf(classifierId) {
      const promotion = await prisma.promotion.findFirst({
        where: { classifierId },
        orderBy: { id: 'desc' },
        include: { version: true },
      })
      const live = promotion?.version ?? null
      const made = live?.runId
        ? await prisma.run.findUnique({ where: { id: live.runId }, include: { snapshot: true } })
        : null
      const isShipped = live?.isShipped ?? false
      const sources = isShipped ? ['upload', 'feedback'] : ['upload', 'feedback', 'dataset']
      const trainedAt = live && !isShipped ? (made?.snapshot?.createdAt ?? live.createdAt) : new Date(0)
      const runs = await prisma.run.findMany({
        where: { classifierId },
        orderBy: { id: 'desc' },
        take: MOST_FAILURES,
        select: { state: true, isAutomatic: true, createdAt: true, endedAt: true, error: true },
      })
      const latest = runs.find(({ state }) => state !== 'failed')
      const since = new Date(Math.max(trainedAt.getTime(), latest?.createdAt.getTime() ?? 0))
      const fast = await prisma.run.findFirst({
        where: { classifierId, state: 'done', recipe: 'head', startedAt: { not: null } },
        orderBy: { id: 'desc' },
        select: { startedAt: true, endedAt: true },
      })
      return {
        live: live && `v${live.number}`,
        sinceLive: await changesSince(classifierId, { since: trainedAt, sources }),
        sinceRun: await changesSince(classifierId, { since, sources }),
        lastAutomaticAt: runs.find(({ isAutomatic }) => isAutomatic)?.createdAt.getTime() ?? null,
        failures: failuresOf(runs),
        lastSeconds:
          fast?.startedAt && fast.endedAt ? (fast.endedAt.getTime() - fast.startedAt.getTime()) / 1000 : null,
      }
    },
    async unusedVersions(classifierId, keep) {
      const versions = await prisma.version.findMany({
        where: {
          classifierId,
          trashedAt: null,
          promotedAt: null,
          madeBy: { some: { isAutomatic: true } },
        },
        orderBy: { number: 'desc' },
        skip: keep,
        select: { id: true },
      })
      return versions.map(({ id }) => id)
    },
  }
}

type EndedRun = {
  readonly state: string
  readonly isAutomatic: boolean
  readonly endedAt: Date | null
  readonly error: string | null
}

/** Since the last run that succeeded, a person’s too. Newest first. */
function failuresOf(runs: readonly EndedRun[]): AutoRetrainRecord['failures'] {
  const success = runs.findIndex(({ state }) => state === 'done')
  const failed = runs
    .slice(0, success === -1 ? runs.length : success)
    .filter(({ state, isAutomatic }) => isAutomatic && state === 'failed')
  return {
    count: failed.length,
    endedAt: failed[0]?.endedAt?.getTime() ?? 0,
    error: failed[0]?.error ?? null,
  }
}
