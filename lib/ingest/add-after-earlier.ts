/**
 * Adds samples of an upload after those of uploads that began earlier and are still running: what such an upload has
 * added is taken back if it fails, and an image that counted as already there would then be lost.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { AddSampleResult, NewSample } from '#lib/data/values.ts'
import type { Upload } from '#lib/data/samples/upload-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { IngestPorts } from './ports.ts'

const LOOK_EVERY_MS = 250
/** An upload whose process has died is ended after a minute of silence. */
const LONGEST_WAIT_MS = 120_000

type AddPorts = Pick<IngestPorts, 'samples' | 'uploads'>

/** `conflict` if an earlier upload of the same images has not ended after two minutes. */
export async function addAfterEarlier(
  upload: Pick<Upload, 'id' | 'classifierId'>,
  samples: readonly NewSample[],
  { ports, signal }: { readonly ports: AddPorts; readonly signal: AbortSignal | undefined },
): Promise<readonly AddSampleResult[]> {
  const { classifierId } = upload
  const earlier = await ports.uploads.runningBefore(upload.id)
  const results = [...(await ports.samples.add(classifierId, samples))]
  const unsure = results.flatMap((result, i) =>
    result.kind === 'already-there' && result.uploadId !== null && earlier.includes(result.uploadId)
      ? [{ i, uploadId: result.uploadId }]
      : [],
  )
  if (unsure.length === 0) return results
  const others = unsure.map(({ uploadId }) => uploadId)
  await ended(upload, others, { ports, signal })
  const again = await ports.samples.add(
    classifierId,
    unsure.map(({ i }) => samples[i]!),
  )
  for (const [nth, { i }] of unsure.entries()) results[i] = again[nth]!
  return results
}

async function ended(
  { id }: Pick<Upload, 'id'>,
  others: readonly string[],
  { ports: { uploads }, signal }: { readonly ports: AddPorts; readonly signal: AbortSignal | undefined },
): Promise<void> {
  for (let waited = 0; waited < LONGEST_WAIT_MS; waited += LOOK_EVERY_MS) {
    await uploads.sweepAbandoned()
    const running = await uploads.runningBefore(id)
    if (!others.some((other) => running.includes(other))) return
    await pause(LOOK_EVERY_MS, undefined, signal && { signal })
  }
  throw new DarkroomError('conflict', {
    what: 'The images were not added',
    why: 'some of them belong to another upload, which is still running',
    remedy: 'Upload them again when it is complete.',
  })
}
