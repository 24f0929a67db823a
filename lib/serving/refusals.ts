/** The errors with which a prediction is refused. Only texts and codes. */
import type { InferredImage } from '#lib/contracts/ipc.ts'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'

const TRY_AGAIN_SECONDS = 1

/** `waitMs`: the estimated wait behind them, where known. */
export const overloaded = (waiting: number, waitMs?: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    {
      what: 'No prediction was made for this image',
      why: `${waiting} others are already waiting${waitMs === undefined ? '' : `, about ${Math.ceil(waitMs)} ms`}`,
      remedy: 'Try again in a second, or send fewer at a time.',
    },
    { retryAfterSeconds: TRY_AGAIN_SECONDS },
  )

export const deadlinePassed = (waitedMs: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    {
      what: 'The image was not processed',
      why: `it timed out in the queue after ${(waitedMs / 1000).toFixed(1)} s`,
      remedy: 'Try again in a second, or send fewer at a time.',
    },
    { retryAfterSeconds: TRY_AGAIN_SECONDS },
  )

export const clientDisconnected = (): DarkroomError =>
  new DarkroomError('client_closed', {
    what: 'The image was not processed',
    why: 'the client disconnected',
    remedy: 'Send it again.',
  })

export const notReady = (why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'not_ready',
    {
      what: 'No prediction can be made yet',
      why,
      remedy: 'Try again in a few seconds. /api/health shows what is missing.',
    },
    { retryAfterSeconds: TRY_AGAIN_SECONDS, cause },
  )

export const badBundle = (key: string, reason: string): DarkroomError =>
  new DarkroomError('bad_bundle', {
    what: `The version ${key} cannot be loaded`,
    why: reason.replace(/\.$/, ''),
    remedy: 'Restore its files from a backup, or train a new version.',
  })

export const noVersion = (classifier: string, version: string | undefined): DarkroomError =>
  new DarkroomError(
    'not_found',
    version === undefined
      ? {
          what: `The classifier "${classifier}" cannot make predictions`,
          why: 'it has not been trained yet',
          remedy: 'Upload labelled images and train it.',
        }
      : {
          what: `There is no version ${version} of "${classifier}"`,
          why: 'it was never created or was deleted',
          remedy: 'See /api/models for valid versions.',
        },
  )

/** How a process ends that the system or V8 stops for lack of memory. */
const ENDS_FOR_MEMORY: ReadonlySet<string> = new Set([
  'SIGKILL',
  'SIGABRT',
  'SIGTRAP',
  'code 134',
  'code 137',
])

/** The refusal of an image that ended the process computing it alone. `cause`: how that process ended. */
export function endsProcesses(cause: string): Extract<InferredImage, { ok: false }> {
  return ENDS_FOR_MEMORY.has(cause)
    ? {
        ok: false,
        failure: {
          code: 'needs_more_memory',
          summary: 'No prediction was made for this image',
          reason: 'it needs more memory than this machine has',
          action: 'Send a smaller copy of it, or give Darkroom more memory.',
        },
      }
    : {
        ok: false,
        failure: {
          code: 'corrupt_image',
          summary: 'No prediction was made for this image',
          reason: `the process that decoded it ended repeatedly (${cause})`,
          action: 'Save it again in another format, such as PNG or JPEG.',
        },
      }
}

/** Errors that concern one image of several and leave the others alone; any other error concerns all. */
export const SINGLE_IMAGE_ERRORS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'missing_file',
  'too_large',
  'too_many_pixels',
  'not_an_image',
  'unsupported_media',
  'corrupt_image',
  'needs_more_memory',
  'internal',
])

/** One of several images; both in bytes. */
export const imageTooLarge = (
  size: number,
  limit: number,
): { readonly code: ErrorCode; readonly error: string } => ({
  code: 'too_large',
  error:
    `This image is too large: it has ${(size / 1024 ** 2).toFixed(1)} MiB, and the limit is ` +
    `${Math.round(limit / 1024 ** 2)} MiB. Send a smaller copy of it.`,
})

export const noFiles = (): DarkroomError =>
  new DarkroomError('missing_file', {
    what: 'No image was sent',
    why: 'the field "files" has no image',
    remedy: 'Send images, or one ZIP archive of them, in the multipart field "files".',
  })

/** `whole`: what the limit is for, and what to split the images into. */
export const tooManyImages = (limit: number, whole: 'request' | 'job'): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'Too many images were sent',
    why: `the limit is ${limit.toLocaleString('en')} images per ${whole}`,
    remedy: `Split them into several ${whole}s.`,
  })
