/** How a process has the images of a classifier checked: after an upload, and by POST /api/findings. The worker checks
 *  them (findings-job.ts). */
import type { Data } from '#lib/data/data.ts'
import { messageOf } from '#lib/domain/errors.ts'
import type { Darkroom } from '#lib/http/context.ts'
import { nameOfCaller } from '#lib/ingest/caller-name.ts'
import { reportAnswer } from '#lib/queries/findings.ts'

export type RequestLog = (level: 'warn', message: string, about: Readonly<Record<string, unknown>>) => void

/** Has the images of a classifier checked in the background; a failure is logged, because what asks for it has
 *  worked. */
export const findingsRequest =
  ({ findings }: Pick<Data, 'findings'>, log: RequestLog) =>
  (classifierId: string): void => {
    findings
      .request(classifierId)
      .catch((error: unknown) =>
        log('warn', 'The images could not be queued for a check', { classifierId, error: messageOf(error) }),
      )
  }

type FindingsCheck = Darkroom['ingest']['checkFindings']

/** POST /api/findings. */
export const findingsCheck =
  ({ classifiers, findings }: Pick<Data, 'classifiers' | 'findings'>): FindingsCheck =>
  async ({ classifier }) => {
    const { id } = await classifiers.chosen(classifier)
    return { classifier: id, report: reportAnswer(await findings.request(id)) }
  }

/** DELETE /api/findings. */
export const findingsCancellation =
  ({ classifiers, findings }: Pick<Data, 'classifiers' | 'findings'>): Darkroom['ingest']['cancelFindings'] =>
  async ({ classifier }) => {
    const { id } = await classifiers.chosen(classifier)
    return { classifier: id, report: reportAnswer(await findings.cancel(id)) }
  }

/** PATCH /api/findings. */
export const findingsDismissal =
  ({
    classifiers,
    findings,
  }: Pick<Data, 'classifiers' | 'findings'>): Darkroom['ingest']['dismissFindings'] =>
  async ({ classifier, kind, samples, is_dismissed: isDismissed }, request) => {
    const { id } = await classifiers.chosen(classifier)
    const change = { kind, samples, by: nameOfCaller(request) }
    const changed = await (isDismissed ? findings.dismiss(id, change) : findings.reopen(id, change))
    return { classifier: id, changed }
  }
