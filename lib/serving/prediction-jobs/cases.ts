/** What a client does with prediction jobs, apart from reading: send images, cancel, delete. A caller who may read a
 *  job may also cancel and delete it. */
import type { Caller, Input } from '#lib/contracts/contract.ts'
import {
  predictionJobForm,
  type createPredictionJob,
  type PredictionJobAnswer,
  type PredictionJobForm,
} from '#lib/contracts/prediction-jobs.ts'
import { fieldErrorsOf, zodErrorMap } from '#lib/contracts/validation-messages.ts'
import type { InferencePrecision } from '#lib/contracts/precision.ts'
import type { Data } from '#lib/data/data.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { notReady, noVersion } from '../refusals.ts'
import { checkImages, checkResults } from './anonymous-storage.ts'
import { folderOf } from './job-folder.ts'
import { receiveImages, type ImageLimits } from './received-images.ts'

export const MOST_IMAGES = 50_000
export const MOST_IMAGES_ANONYMOUS = 10_000
/** Unfinished jobs of a person or key; of an anonymous sender, and of all of them together. */
const MOST_OPEN = 20
const MOST_OPEN_OF_ADDRESS = 2
const MOST_OPEN_ANONYMOUS = 16

type Request = { readonly caller: Caller }
type SendingRequest = Request & { readonly address: string }

export type PredictionJobParts = {
  readonly data: {
    readonly classifiers: Pick<Data['classifiers'], 'chosen'>
    readonly versions: Pick<Data['versions'], 'find'>
    readonly live: Pick<Data['live'], 'of'>
    readonly predictionJobs: Pick<Data['predictionJobs'], 'create' | 'find' | 'remove' | 'openIds'>
    readonly jobs: Pick<Data['jobs'], 'requestCancel'>
    readonly folders: Data['folders']
    readonly id: () => string
  }
  /** The job as its reader sees it; throws `not_found` if the caller may not read it. */
  readonly read: (input: { readonly id: string }, request: Request) => Promise<PredictionJobAnswer>
  /** The precision that the live version serves with; null: not known. */
  readonly precisionOf: (classifierId: string, versionName: string) => InferencePrecision | null
  readonly dataDir: string
  readonly limits: ImageLimits
  /** For images, and again for results, of all jobs of anonymous senders. */
  readonly anonymousBytes: number
  /** What identifies an anonymous sender without storing the address. */
  readonly pseudonymOf: (address: string) => string
  readonly now: () => number
}

export type PredictionJobCases = ReturnType<typeof createPredictionJobCases>

export function createPredictionJobCases(parts: PredictionJobParts) {
  const { data, read, dataDir, limits, now } = parts

  async function cancelled(id: string): Promise<'cancelled' | 'requested' | 'over'> {
    const job = await data.predictionJobs.find(id)
    if (job === null || job.jobId === null) return 'over'
    const outcome = await data.jobs.requestCancel(job.jobId, now())
    if (outcome === 'cancelled') await data.folders.discard(folderOf(dataDir, id))
    return outcome
  }

  /** After the row is there, so that of two jobs that arrive at the same time each counts the other. */
  async function checkStored(id: string): Promise<void> {
    try {
      const ids = await data.predictionJobs.openIds('anonymous')
      await checkImages(dataDir, { ids, limitBytes: parts.anonymousBytes })
    } catch (error) {
      await cancelled(id)
      await data.predictionJobs.remove(id)
      throw error
    }
  }

  return {
    async createPredictionJob(
      { parts: sent, ...query }: Input<typeof createPredictionJob>,
      { caller, address }: SendingRequest,
    ) {
      const isAnonymous = caller.kind === 'anonymous'
      const mostImages = isAnonymous ? MOST_IMAGES_ANONYMOUS : MOST_IMAGES
      const received = await receiveImages(sent, { dataDir, limits, mostImages })
      const id = data.id()
      try {
        const form = fieldsOf(received.fields)
        const version = await versionFor(
          form.classifier ?? query.classifier,
          form.version ?? query.version,
          data,
        )
        const topK = Math.min(form.top_k ?? query.top_k, version.classes.length)
        if (isAnonymous) checkResults({ total: received.total, topK }, parts.anonymousBytes)
        await received.keepAs(id)
        await data.folders.publish(folderOf(dataDir, id)) // another host may run the job
        await data.predictionJobs.create(
          {
            id,
            classifierId: version.classifierId,
            versionId: version.id,
            version: version.name,
            precision: parts.precisionOf(version.classifierId, version.name),
            topK: form.top_k ?? query.top_k,
            filename: received.filename,
            owner: {
              kind: caller.kind,
              id: isAnonymous ? parts.pseudonymOf(address) : caller.id,
              name: caller.name,
            },
            total: received.total,
          },
          { ofSender: isAnonymous ? MOST_OPEN_OF_ADDRESS : MOST_OPEN, anonymous: MOST_OPEN_ANONYMOUS },
        )
        if (isAnonymous) await checkStored(id)
      } catch (error) {
        await received.discard()
        await data.folders.discard(folderOf(dataDir, id))
        throw error
      }
      const job = await read({ id }, { caller })
      return { success: true as const, id, url: job.url, job }
    },
    async cancelPredictionJob({ id }: { readonly id: string }, request: Request) {
      await read({ id }, request)
      if ((await cancelled(id)) === 'over')
        throw new DarkroomError('conflict', {
          what: 'The job was not cancelled',
          why: 'it has already ended',
          remedy: 'Delete it if its results are not needed.',
        })
      return read({ id }, request)
    },
    async deletePredictionJob({ id }: { readonly id: string }, request: Request) {
      await read({ id }, request)
      await cancelled(id)
      await data.predictionJobs.remove(id)
      await data.folders.discard(folderOf(dataDir, id))
      return { success: true as const, id }
    },
  }
}

function fieldsOf(fields: Readonly<Record<string, string>>): PredictionJobForm {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  const checked = predictionJobForm.safeParse(given, zodErrorMap)
  if (checked.success) return checked.data
  const errors = fieldErrorsOf(checked.error)
  throw new DarkroomError(
    'invalid_input',
    {
      what: 'The images were not accepted',
      why: errors.map(({ path, message }) => `"${path}" ${message}`).join('; '),
      remedy: 'Correct these fields.',
    },
    { errors },
  )
}

async function versionFor(
  classifier: string | undefined,
  name: string | undefined,
  { classifiers, versions, live }: PredictionJobParts['data'],
): Promise<Version> {
  const { id } = await classifiers.chosen(classifier)
  if (name !== undefined) {
    const named = await versions.find(id, name)
    if (named === null) throw noVersion(id, name)
    return named
  }
  const serving = await live.of(id)
  if (serving === null) throw noVersion(id, undefined)
  if (serving.version === null) throw notReady(`no version of ${id} can be loaded (${serving.reason})`)
  return serving.version
}
