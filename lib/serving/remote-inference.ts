/** Inference by an endpoint (INFERENCE_URL), with the engine of this process where the endpoint cannot be used. The
 *  local engine loads every version, and explains all predictions. It knows no protocol: a version comes as a port. */
import type { InferredImage, PreparedImage, RemoteVersionState, VersionRef } from '#lib/contracts/ipc.ts'
import { messageOf } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import type { Inference, InferenceLimits, InferenceOutput } from './pool-parts.ts'
import { createRemoteModel, type RemoteModel, type RemotePort } from './remote-model.ts'

/** Batches that a process sends at the same time: while one is computed, the next ones are on their way. */
const LANES = 4

type RemoteOutput = { readonly logits: Float32Array; readonly distance: number | null }
type PreparedResult =
  | Pick<PreparedImage, 'square' | 'problem' | 'width' | 'height' | 'decodeMs'>
  | Extract<InferredImage, { ok: false }>
/** What the endpoint is to know about a version. */
export type RemoteVersionPort = RemotePort<Uint8Array, RemoteOutput> & {
  readonly classifier: string
  readonly version: string
  /** Decodes the images and makes their squares; one that cannot be decoded becomes its error. */
  readonly prepare: (
    images: readonly (Uint8Array | PreparedImage)[],
    maxPixels: number,
  ) => Promise<readonly PreparedResult[]>
}

export type RemoteInferenceParts = {
  readonly local: Inference
  /** Rejects for a version that no endpoint can have. */
  readonly describe: (version: VersionRef) => Promise<RemoteVersionPort>
  readonly clock: SteadyClock
  readonly log: LogLine
  /** More or fewer batches can run at the same time. */
  readonly changed: () => void
}
export type RemoteInference = Inference & { readonly remote: () => readonly RemoteVersionState[] }

type Resident =
  | {
      readonly kind: 'remote'
      readonly port: RemoteVersionPort
      readonly model: RemoteModel<Uint8Array, RemoteOutput>
    }
  | { readonly kind: 'local' }

export function createRemoteInference({
  local,
  describe,
  clock,
  log,
  changed,
}: RemoteInferenceParts): RemoteInference {
  const residents = new Map<string, Resident>()

  async function load(version: VersionRef): Promise<void> {
    await local.load(version)
    if (!residents.has(version.key)) residents.set(version.key, await opened(version))
  }

  async function opened(version: VersionRef): Promise<Resident> {
    try {
      const port = await describe(version)
      const name = `${port.classifier} ${port.version}`
      return { kind: 'remote', port, model: createRemoteModel({ name, port, clock, log, changed }) }
    } catch (error) {
      log('info', `The local engine predicts with the version ${version.key}: ${messageOf(error)}`)
      return { kind: 'local' }
    }
  }

  function unload(key: string): void {
    forget(key)
    local.unload(key)
  }

  function forget(key: string): void {
    const resident = residents.get(key)
    if (resident?.kind === 'remote') resident.model[Symbol.dispose]()
    residents.delete(key)
  }

  async function infer(
    version: VersionRef,
    images: readonly (Uint8Array | PreparedImage)[],
    limits: InferenceLimits,
  ): Promise<InferenceOutput> {
    const resident = residents.get(version.key)
    const isRemote = resident?.kind === 'remote' && resident.model.state().kind === 'in-use'
    if (!isRemote || limits.wantsFeatures) return local.infer(version, images, limits)
    return (await inferRemotely(resident, images, limits.maxPixels)) ?? local.infer(version, images, limits)
  }

  async function inferRemotely(
    { port, model }: Extract<Resident, { kind: 'remote' }>,
    images: readonly (Uint8Array | PreparedImage)[],
    maxPixels: number,
  ): Promise<InferenceOutput | null> {
    const prepared = await port.prepare(images, maxPixels)
    const squares = prepared.flatMap((image) => ('square' in image ? [image.square] : []))
    const began = clock.now()
    const outputs = squares.length === 0 ? [] : await model.run(squares)
    if (outputs === null) return null
    let next = 0
    return {
      inferenceMs: clock.now() - began,
      engine: 'remote',
      images: prepared.map((image): InferredImage => {
        if (!('square' in image)) return image
        const { problem, width, height, decodeMs } = image
        return { ok: true, ...outputs[next++]!, features: null, problem, width, height, decodeMs }
      }),
    }
  }

  const models = () => [...residents.values()].flatMap((one) => (one.kind === 'remote' ? [one] : []))

  return {
    ...local,
    load,
    unload,
    infer,
    ready: () =>
      local.ready() > 0 && models().some(({ model }) => model.state().kind === 'in-use')
        ? LANES
        : local.ready(),
    remote: () =>
      models().map(({ port: { classifier, version }, model }) => {
        const state = model.state()
        return {
          classifier,
          version,
          state: state.kind,
          reason: state.kind === 'unavailable' ? state.reason : null,
        }
      }),
    async [Symbol.asyncDispose]() {
      for (const key of [...residents.keys()]) forget(key)
      await local[Symbol.asyncDispose]()
    },
  }
}
