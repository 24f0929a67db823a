/**
 * An inference child process without an engine, whose first image byte selects how it misbehaves. Forked by
 * the tests of the pool; never imported.
 */
import type { InferenceMessage, PreparedImage, InferenceCommand } from '#lib/contracts/ipc.ts'
import type { FailureReport } from '#lib/domain/errors.ts'
import { CRASHES, HANGS, IS_CORRUPT, KILLS } from './misbehaviour.fakes.ts'

const bytesIn = (image: Uint8Array | PreparedImage): Uint8Array =>
  image instanceof Uint8Array ? image : image.square

const CUT_OFF: FailureReport = {
  code: 'corrupt_image',
  summary: 'The image cannot be read',
  reason: 'it is truncated',
  action: 'Save it again.',
}

/** How it starts; how it behaves later depends on the images and on the folder of a version. */
const mode = process.argv[2]
const say = (message: InferenceMessage) => process.send?.(message)

process.on('disconnect', () => process.exit(0))
process.on('message', (message: InferenceCommand) => answer(message))
if (mode === 'good' || mode?.startsWith('killed')) say({ kind: 'ready', engine: 'wasm' })
if (mode === 'unable')
  process.send?.({ kind: 'unable', reason: 'no engine fits this machine' } satisfies InferenceMessage, () =>
    process.exit(1),
  )

function answer(message: InferenceCommand): void {
  if (message.kind === 'unload') return
  if (message.kind === 'load') {
    const { key, folder } = message.version
    if (mode === 'killed while loading' || folder.includes('deadly')) process.kill(process.pid, 'SIGKILL')
    else if (folder.includes('corrupt'))
      say({
        kind: 'failed',
        id: message.id,
        failure: {
          code: 'bad_bundle',
          summary: 'Version cannot be used',
          reason: 'the output for golden input 3 differs',
          action: 'Restore its files.',
        },
      })
    else say({ kind: 'loaded', id: message.id, key, goldenMs: 1 })
    return
  }
  const firsts = message.images.map((image) => bytesIn(image)[0]!)
  if (mode === 'killed while computing' || firsts.includes(KILLS)) process.kill(process.pid, 'SIGKILL')
  else if (firsts.includes(CRASHES)) process.kill(process.pid, 'SIGSEGV')
  else if (firsts.includes(HANGS)) for (;;);
  else
    say({
      kind: 'inferred',
      id: message.id,
      inferenceMs: 1,
      images: firsts.map((first) =>
        first === IS_CORRUPT
          ? { ok: false, failure: CUT_OFF }
          : {
              ok: true,
              logits: Float32Array.of(first, process.pid),
              features: null,
              distance: null,
              problem: null,
              width: 1,
              height: 1,
              decodeMs: 0,
            },
      ),
    })
}
