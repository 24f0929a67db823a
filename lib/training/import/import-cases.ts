/** What a client does with imports in the background: send files, follow, cancel. The worker does the work. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Caller, Input, Output } from '#lib/contracts/contract.ts'
import {
  importForm,
  importRequest,
  importResult,
  type cancelImportJob,
  type createImportJob,
  type getImportJob,
  type ImportForm,
  type ImportJobAnswer,
  type listImportJobs,
} from '#lib/contracts/imports.ts'
import { fieldErrorsOf, zodErrorMap } from '#lib/contracts/validation-messages.ts'
import type { Data, TimedJob } from '#lib/data/data.ts'
import { refuseReservedId } from '#lib/domain/classifier-pages.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { importsFolder, progressIn, receiveImport } from './receive-import.ts'

const MOST_LISTED = 20
/** Each keeps up to MAX_UPLOAD_MB on disk. */
const MOST_WAITING = 5

export type ImportCases = {
  readonly createImportJob: (
    input: Input<typeof createImportJob>,
    context: { readonly caller: Caller },
  ) => Promise<Output<typeof createImportJob>>
  readonly listImportJobs: () => Promise<Output<typeof listImportJobs>>
  readonly getImportJob: (input: Input<typeof getImportJob>) => Promise<Output<typeof getImportJob>>
  readonly cancelImportJob: (input: Input<typeof cancelImportJob>) => Promise<Output<typeof cancelImportJob>>
}

export type ImportCaseParts = {
  readonly data: {
    readonly jobs: Pick<Data['jobs'], 'enqueue' | 'recent' | 'getTimed' | 'requestCancel'>
    readonly archives: Pick<Data['archives'], 'requireFree'>
    readonly folders: Data['folders']
    readonly classifiers: Pick<Data['classifiers'], 'find'>
  }
  readonly dataDir: string
  readonly maxUploadBytes: number
  readonly now: () => number
}

export function createImportCases(parts: ImportCaseParts): ImportCases {
  const { data, dataDir, now } = parts
  const answer = (job: TimedJob) => answerOf(job, dataDir)
  const get = async (id: string) => answer(await data.jobs.getTimed('import', id))

  async function requireFewWaiting(): Promise<void> {
    const waiting = (await data.jobs.recent('import', MOST_LISTED)).filter(isOpen)
    if (waiting.length >= MOST_WAITING)
      throw refusal(
        'conflict',
        `${waiting.length} other imports are waiting or running`,
        'Wait until they are done, or cancel them.',
      )
  }

  return {
    async createImportJob({ parts: form, ...query }, { caller }) {
      await requireFewWaiting()
      const received = await receiveImport(form, parts)
      try {
        const options = { ...query, ...fieldsOf(received.fields) }
        const { kind, filename, hasCalibration } = received
        const { classifier = null } = options
        if (kind === 'network' && classifier === null)
          // a page shows this, too, where the field has another name
          throw refusal(
            'invalid_input',
            'no classifier is named for the network',
            'Name a new classifier, or choose an existing one (in the API: "classifier").',
          )
        // one that is in the trash, or is there already where a whole one comes
        if (classifier !== null && (kind === 'classifier' || !(await data.classifiers.find(classifier)))) {
          refuseReservedId(classifier)
          await data.archives.requireFree(classifier)
        }
        const folder = randomUUID()
        await received.keepAs(folder)
        await data.folders.publish(join(importsFolder(dataDir), folder)) // another host may run the job
        const id = await data.jobs
          .enqueue(
            'import',
            {
              ...{ folder, kind, filename, classifier, hasCalibration },
              title: options.title ?? null,
              classes: options.classes ?? null,
              pixels: options.pixels ?? null,
              fit: options.fit ?? null,
              by: caller.name ?? 'an anonymous client',
            },
            now(),
          )
          .catch(async (error: unknown) => {
            await data.folders.discard(join(importsFolder(dataDir), folder))
            throw error
          })
        const job = await get(id)
        return { success: true, id, url: job.url, job }
      } catch (error) {
        await received.discard()
        throw error
      }
    },
    async listImportJobs() {
      return { jobs: await Promise.all((await data.jobs.recent('import', MOST_LISTED)).map(answer)) }
    },
    getImportJob: ({ id }) => get(id),
    async cancelImportJob({ id }) {
      const job = await data.jobs.getTimed('import', id)
      const outcome = await data.jobs.requestCancel(id, now())
      if (outcome === 'over')
        throw new DarkroomError('conflict', {
          what: 'The import was not cancelled',
          why: 'it has already ended',
          remedy: 'Delete the version or the classifier if it is not needed.',
        })
      if (outcome === 'cancelled')
        await data.folders.discard(join(importsFolder(dataDir), importRequest.parse(job.payload).folder))
      return get(id)
    },
  }
}

const isOpen = ({ state }: TimedJob): boolean => state === 'queued' || state === 'running'

async function answerOf(job: TimedJob, dataDir: string): Promise<ImportJobAnswer> {
  const { folder, kind, filename, classifier } = importRequest.parse(job.payload)
  const result = job.state === 'done' ? importResult.parse(job.result) : null
  const progress = job.state === 'running' ? await progressIn(join(importsFolder(dataDir), folder)) : null
  const error = job.state === 'failed' ? (job.error?.message ?? 'It failed.') : null
  return {
    id: job.id,
    url: `/api/imports/jobs/${job.id}`,
    state: job.state,
    kind,
    filename,
    message: result?.message ?? error ?? progress?.message ?? MESSAGES[job.state],
    progress: result ? 100 : (progress?.percent ?? 0),
    classifier: result?.classifier ?? classifier,
    model_version: result?.version ?? null,
    is_live: result?.isLive ?? null,
    error,
    created_at: job.createdAt.toISOString(),
    ended_at: job.endedAt?.toISOString() ?? null,
  }
}

const MESSAGES: Readonly<Record<TimedJob['state'], string>> = {
  queued: 'Waiting to start',
  running: 'Reading the file',
  done: 'Imported',
  failed: 'It failed',
  cancelled: 'Cancelled; nothing was imported',
}

function fieldsOf(fields: Readonly<Record<string, string>>): ImportForm {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
  const checked = importForm.safeParse(given, zodErrorMap)
  if (checked.success)
    return Object.fromEntries(Object.entries(checked.data).filter(([, value]) => value !== undefined))
  const errors = fieldErrorsOf(checked.error)
  throw new DarkroomError(
    'invalid_input',
    {
      what: 'Nothing was imported',
      why: errors.map(({ path, message }) => `"${path}" ${message}`).join('; '),
      remedy: 'Correct these fields.',
    },
    { errors },
  )
}

const refusal = (code: 'conflict' | 'invalid_input', why: string, remedy: string): DarkroomError =>
  new DarkroomError(code, { what: 'Nothing was imported', why, remedy })
