/** The sentences with which a prediction is refused when nothing is wrong with the picture. Only words and codes. */
import { DarkroomError } from '#lib/domain/errors.ts'

const TRY_AGAIN_SECONDS = 1

export const overloaded = (waiting: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    { what: 'This picture was not looked at', why: `${waiting} others are waiting already`, remedy: 'Try again in a second, or send fewer at once.' },
    { retryAfterSeconds: TRY_AGAIN_SECONDS },
  )

export const deadlinePassed = (waitedMs: number): DarkroomError =>
  new DarkroomError(
    'overloaded',
    { what: 'This picture was not looked at', why: `its turn did not come in time, after ${(waitedMs / 1000).toFixed(1)} s of waiting`, remedy: 'Try again in a second, or send fewer at once.' },
    { retryAfterSeconds: TRY_AGAIN_SECONDS },
  )

export const nobodyWaits = (): DarkroomError =>
  new DarkroomError('client_closed', { what: 'This picture was not looked at', why: 'who sent it has gone', remedy: 'Send it again.' })

export const notReady = (why: string, cause?: unknown): DarkroomError =>
  new DarkroomError('not_ready', { what: 'No prediction can be made yet', why, remedy: 'Try again in a few seconds; /api/health says what is missing.' }, { retryAfterSeconds: TRY_AGAIN_SECONDS, cause })

export const badBundle = (key: string, reason: string): DarkroomError =>
  new DarkroomError('bad_bundle', { what: `The version ${key} may not answer`, why: reason.replace(/\.$/, ''), remedy: 'The version before it goes on answering. Train again, or restore the files of this one.' })

export const noVersion = (classifier: string, version: string | undefined): DarkroomError =>
  new DarkroomError('not_found', version === undefined
    ? { what: `The classifier "${classifier}" cannot answer`, why: 'it has not been trained yet', remedy: 'Upload labelled pictures and train it.' }
    : { what: `There is no version ${version} of "${classifier}"`, why: 'it was never made, or was deleted', remedy: '/api/models lists those that exist.' })

/** What is left when a picture ended two children, one after the other. */
export const crashedTwice = { ok: false, code: 'internal', what: 'This picture could not be looked at', why: 'the process that looks at pictures ended twice over it', remedy: 'Save it again in another format, and report it with the request id.' } as const
