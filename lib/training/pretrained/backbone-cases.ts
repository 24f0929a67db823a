/** The default pretrained network as people and scripts see it: its state, fetching it, cancelling that. The job
 *  itself is done by the worker. */
import { backbonePayload } from '#lib/contracts/job-payloads.ts'
import type { cancelBackbone, fetchBackbone, getBackbone } from '#lib/contracts/backbone.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { Data } from '#lib/data/data.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { BACKBONE_PACKAGE, BACKBONE_TITLE, specifierOf } from './backbone-package.ts'

export type BackboneParts = {
  readonly data: { readonly jobs: Pick<Data['jobs'], 'enqueue' | 'latest' | 'requestCancel'> }
  readonly isInstalled: () => boolean
  /** BACKBONE=own. */
  readonly isOff: boolean
  readonly now: () => Date
}

export type BackboneCases = {
  readonly getBackbone: () => Promise<Output<typeof getBackbone>>
  readonly fetchBackbone: () => Promise<Output<typeof fetchBackbone>>
  readonly cancelBackbone: () => Promise<Output<typeof cancelBackbone>>
}

export function createBackboneCases({
  data: { jobs },
  isInstalled,
  isOff,
  now,
}: BackboneParts): BackboneCases {
  /** The last job that installed this network; other networks are installed by the same kind of job. */
  const latest = async () => {
    const job = await jobs.latest('backbone')
    const { network, upload } = job ? backbonePayload.parse(job.payload) : {}
    return network === undefined && upload === undefined ? job : null
  }
  /** The download that is queued or running; null: none. */
  const pending = async () => {
    const job = await latest()
    return job?.state === 'queued' || job?.state === 'running' ? { id: job.id, state: job.state } : null
  }
  return {
    async getBackbone() {
      const job = await latest()
      const download = await pending()
      return {
        name: BACKBONE_TITLE,
        state: stateOf({ isOff, isInstalled: isInstalled(), pending: download?.state ?? null }),
        package: specifierOf(BACKBONE_PACKAGE),
        size_bytes: BACKBONE_PACKAGE.bytes,
        license: BACKBONE_PACKAGE.license,
        job_id: download?.id ?? null,
        last_failure:
          job?.state === 'failed' && job.error && job.endedAt && !isInstalled()
            ? { at: job.endedAt.toISOString(), message: job.error.message }
            : null,
      }
    },
    async fetchBackbone() {
      if (isOff) throw refusal('conflict', 'BACKBONE=own is set', 'Remove that setting and start again.')
      if (isInstalled())
        throw refusal('conflict', 'it is already installed', 'Train a new classifier with it.')
      if (await pending())
        throw refusal('already_running', 'it is already being downloaded', 'Wait until it is finished.')
      const id = await jobs.enqueue('backbone', {}, now().getTime())
      return { success: true, message: `${BACKBONE_TITLE} is being downloaded.`, job_id: id }
    },
    async cancelBackbone() {
      const download = await pending()
      if (!download || (await jobs.requestCancel(download.id, now().getTime())) === 'over')
        throw new DarkroomError('not_found', {
          what: 'No download was cancelled',
          why: `${BACKBONE_TITLE} is not being downloaded now`,
          remedy: 'No action is needed.',
        })
      return { success: true, message: 'The download was cancelled.' }
    },
  }
}

function stateOf({
  isOff,
  isInstalled,
  pending,
}: {
  readonly isOff: boolean
  readonly isInstalled: boolean
  readonly pending: 'queued' | 'running' | null
}): Output<typeof getBackbone>['state'] {
  if (isOff) return 'off'
  if (isInstalled) return 'installed'
  return pending ?? 'missing'
}

const refusal = (code: 'conflict' | 'already_running', why: string, remedy: string): DarkroomError =>
  new DarkroomError(code, { what: `${BACKBONE_TITLE} is not downloaded`, why, remedy })
