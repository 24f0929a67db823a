/** POST /api/upload: turns the files of a form or a ZIP into samples of a classifier, with a report; and undoes it.
 *  Many images are processed after the response, in this process: if it dies, the next start removes the samples
 *  that were added. */
import type { Input } from '#lib/contracts/contract.ts'
import type { upload } from '#lib/contracts/uploads.ts'
import { zodErrorMap } from '#lib/contracts/validation-messages.ts'
import { classifierId, flag } from '#lib/contracts/fields.ts'
import type { Upload } from '#lib/data/samples/upload-values.ts'
import { refuseReservedId } from '#lib/domain/classifier-pages.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { reasonNotAnImage } from '#lib/images/refusals.ts'
import { receive } from './multipart-spool.ts'
import type { Arrivals } from './multipart-spool.ts'
import { planAnswer } from './plan-answer.ts'
import { UNPACKED_TIMES } from '#lib/archive/spool-file.ts'
import { untilEnded, whileWanted } from './cancel-request.ts'
import { contentOf, type Content } from './resolve-upload.ts'
import { ingestImages } from './ingest.ts'
import type { IngestAnswers, UploadPorts } from './ports.ts'

/** With more images than this the response is 202 at once, and the report shows the progress. */
export const MOST_AT_ONCE = 200
/** The initial values of a classifier created by an upload. */
const FRESH = { classes: [], input: { size: 64, channels: 3, fit: 'cover' }, isMirrorable: true } as const

export type Ingest = IngestAnswers & {
  /** Resolves when no upload is being processed in the background. */
  readonly idle: () => Promise<void>
  /** Stops uploads in the background; their samples are removed. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export function createIngest(ports: UploadPorts): Ingest {
  const { maxImageBytes, maxUploadBytes } = ports.limits
  const zipLimits = { entryBytes: maxImageBytes, totalBytes: maxUploadBytes * UNPACKED_TIMES }
  /** By the id of the upload. */
  const background = new Map<string, { readonly ended: Promise<void>; readonly cancel: () => void }>()
  const stopping = new AbortController()

  async function startUpload(
    { images, count, plan }: Content,
    { options, phoneLinkId }: { readonly options: UploadOptions; readonly phoneLinkId: string | undefined },
  ): Promise<StartedUpload> {
    const { isOneGroup } = options
    const { classifier, isCreated } = await targetOf(options, ports)
    const entry = await ports.uploads.begin(classifier.id, phoneLinkId)
    await ports.uploads.change(entry.id, { plan: planAnswer(plan) })
    const cancelling = new AbortController()
    const signal = AbortSignal.any([stopping.signal, cancelling.signal])
    const cancel = (error = cancelled()): void => cancelling.abort(error)
    const wanted = whileWanted(
      images(),
      () => ports.uploads.isCancelRequested(entry.id),
      () => cancel(),
    )
    const work = ingestImages(wanted, { upload: entry, source: 'upload', isOneGroup, signal }, ports)
    return {
      entry,
      count,
      work,
      cancel,
      forget: async () => {
        if (isCreated) await ports.classifiers.removeIfEmpty(classifier.id)
      },
    }
  }

  function continueInBackground(
    { entry, work, cancel }: StartedUpload,
    arrivals: Arrivals,
    requestId: string,
  ): void {
    const details = { upload: entry.id, request_id: requestId }
    const ended = work
      .then(
        () => {},
        (error: unknown) =>
          ports.log(isDarkroomError(error) ? 'warn' : 'error', 'an upload failed', { ...details, error }),
      )
      .finally(() => arrivals[Symbol.asyncDispose]())
      .finally(() => background.delete(entry.id))
    background.set(entry.id, { ended, cancel })
  }

  const allEnded = () => Promise.all([...background.values()].map(({ ended }) => ended))

  return {
    async upload(input, { requestId, phoneLinkId, signal }) {
      const arrivals = await receive(input.parts, ports.folder, maxImageBytes)
      let isBehind = false
      try {
        const options = optionsOf(input, arrivals.fields)
        const { isUnlabelled, isDryRun } = options
        const content = await contentOf(arrivals, { reading: input.reading, isUnlabelled }, zipLimits)
        if (isDryRun)
          return {
            success: true,
            dry_run: true,
            classifier: options.classifier ?? null,
            plan: planAnswer(content.plan),
          }
        const started = await startUpload(content, { options, phoneLinkId })
        const { entry, count, work, forget, cancel } = started
        if (count > MOST_AT_ONCE) {
          isBehind = true
          continueInBackground(started, arrivals, requestId)
        } else {
          const cancelUnheard = (): void => cancel(disconnected())
          signal?.addEventListener('abort', cancelUnheard)
          if (signal?.aborted === true) cancelUnheard()
          try {
            refuseNothing(await work)
          } catch (error) {
            await forget()
            throw error
          } finally {
            signal?.removeEventListener('abort', cancelUnheard)
          }
        }
        return await ports.queries.getUpload({ id: entry.id })
      } finally {
        if (!isBehind) await arrivals[Symbol.asyncDispose]()
      }
    },
    async undoUpload({ id }, { caller }) {
      const getReport = () => ports.queries.getUpload({ id })
      if ((await getReport()).state === 'running') {
        const own = background.get(id)
        own?.cancel()
        if (own) await own.ended
        else {
          await ports.uploads.requestCancel(id)
          await untilEnded(async () => {
            const { state, count } = await getReport()
            return state === 'running' || (state === 'failed' && count > 0) // its samples are being removed
          })
        }
        const report = await getReport()
        if (report.state === 'failed') return report
      }
      await ports.trash.putUpload(id, caller.name ?? caller.kind)
      return getReport()
    },
    async idle() {
      await allEnded()
    },
    async [Symbol.asyncDispose]() {
      stopping.abort(
        new DarkroomError('not_ready', {
          what: 'The upload was not completed',
          why: 'Darkroom was shutting down',
          remedy: 'Upload the files again.',
        }),
      )
      await allEnded()
    },
  }
}

type StartedUpload = {
  readonly entry: Upload
  readonly count: number
  readonly work: Promise<Upload>
  readonly cancel: (error?: DarkroomError) => void
  /** Removes the classifier that was created for it, while it is empty. */
  readonly forget: () => Promise<void>
}

const cancelled = (): DarkroomError =>
  new DarkroomError('conflict', {
    what: 'The upload was cancelled',
    why: 'a user cancelled it while its images were being processed',
    remedy: 'Upload the files again to add them.',
  })

const disconnected = (): DarkroomError =>
  new DarkroomError('conflict', {
    what: 'The upload was cancelled',
    why: 'the connection was closed while its images were being processed',
    remedy: 'Upload the files again to add them.',
  })

type UploadOptions = {
  readonly classifier: string | undefined
  readonly mayCreate: boolean
  readonly isDryRun: boolean
  readonly isUnlabelled: boolean
  readonly isOneGroup: boolean
}

/** Each is in the query or in the form. */
function optionsOf(input: Input<typeof upload>, fields: Arrivals['fields']): UploadOptions {
  const flagOf = (name: 'create' | 'dry_run' | 'one_group' | 'unlabelled'): boolean =>
    input[name] ?? checked(flag, name, fields[name]) ?? false
  return {
    classifier: input.classifier ?? checked(classifierId, 'classifier', fields.classifier),
    mayCreate: flagOf('create'),
    isDryRun: flagOf('dry_run'),
    isUnlabelled: flagOf('unlabelled'),
    isOneGroup: flagOf('one_group'),
  }
}

/** The named classifier; created, when it does not exist and that was requested. */
async function targetOf(
  { classifier: named, mayCreate }: UploadOptions,
  { classifiers }: UploadPorts,
): Promise<{ classifier: Classifier; isCreated: boolean }> {
  if (!mayCreate) return { classifier: await classifiers.chosen(named), isCreated: false }
  if (named === undefined) throw invalid('classifier', 'must name the classifier to create')
  const known = await classifiers.find(named)
  if (known) return { classifier: known, isCreated: false }
  refuseReservedId(named)
  return { classifier: await classifiers.create({ ...FRESH, id: named, title: named }), isCreated: true }
}

function checked<T>(
  schema: {
    safeParse: (
      value: string,
      inWords: typeof zodErrorMap,
    ) => { success: true; data: T } | { success: false; error: { issues: readonly { message: string }[] } }
  },
  path: string,
  value: string | undefined,
): T | undefined {
  if (value === undefined || value === '') return undefined
  const read = schema.safeParse(value, zodErrorMap)
  if (read.success) return read.data
  throw invalid(path, read.error.issues[0]?.message ?? 'is invalid')
}

const invalid = (path: string, message: string): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    { what: 'The upload was rejected', why: `"${path}" ${message}`, remedy: 'Correct this field.' },
    { errors: [{ path, message }] },
  )

/** An upload without a single image is refused: the client sent the wrong files. */
function refuseNothing({ count, files, findings }: Upload): void {
  if (
    count > 0 ||
    files === 0 ||
    files !== findings.length ||
    !findings.every((f) => f.kind === 'not_an_image')
  )
    return
  const first = findings[0]!
  throw new DarkroomError('not_an_image', {
    what:
      files === 1
        ? `${first.filename || 'The file'} is not an image`
        : `None of the ${files} files is an image`,
    why: reasonNotAnImage(first.detail),
    remedy: 'Send PNG, JPEG, GIF, BMP, WebP, TIFF, AVIF or HEIC images, or a ZIP archive of them.',
  })
}
