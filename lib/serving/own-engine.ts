/**
 * Inference in the process that answers requests: no message, no copy, and one batch at a time on its only
 * thread, with requests read and answered in between. pool.ts has the same interface for inference in children.
 * The engine and the loaded versions are arguments; this file decides when it is opened again, and which version
 * is not loaded any more because it ends processes.
 */
import type { InferenceCommand, InferredImage, PreparedImage, VersionRef } from '#lib/contracts/ipc.ts'
import type { ServedPrecision } from '#lib/contracts/precision.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { isDarkroomError, messageOf } from '#lib/domain/errors.ts'
import type { LogLine, SteadyClock } from '#lib/domain/ports.ts'
import type { ExplainOptions, ExplanationOutput, Inference } from './pool-parts.ts'
import { badBundle, notReady } from './refusals.ts'

/** An engine may be installed while the product runs. */
const OPEN_AGAIN_MS = 10_000
/** A version that ended so many processes in a row while they loaded it is considered broken: processes may also
 *  be killed for another reason. */
const MOST_DEATHS = 3

/** The versions that this process has loaded, and how they compute. */
export type OwnModels = {
  readonly load: (version: VersionRef) => Promise<Partial<ServedPrecision>>
  readonly unload: (key: string) => Promise<void>
  /** Refuses a version that cannot be served from its files as they are now. `trialKey`: to load it as, if needed. */
  readonly verify: (version: VersionRef, trialKey: string) => Promise<void>
  readonly infer: (
    request: Omit<Extract<InferenceCommand, { kind: 'infer' }>, 'kind' | 'id'>,
  ) => Promise<{ images: InferredImage[]; inferenceMs: number }>
  readonly explain: (
    request: ExplainOptions & { readonly key: string; readonly image: Uint8Array | PreparedImage },
  ) => AsyncGenerator<void, ExplanationOutput>
}

export type OpenedEngine = { readonly name: EngineName; readonly models: OwnModels }

export type OwnEngineParts = {
  /** Opens the engine; called again when it has failed. */
  readonly open: () => Promise<OpenedEngine>
  readonly clock: SteadyClock
  readonly log: LogLine
  /** The engine has become ready. */
  readonly changed: () => void
  /** Remembers beyond the end of this process which version it is loading. */
  readonly record: LoadRecord
}

/** How many processes in a row have ended while they loaded a version. */
export type LoadRecord = {
  readonly deaths: (key: string) => number
  /** To be called before loading; returns what is to be called when it has succeeded or failed. */
  readonly begin: (key: string) => () => void
}

export function createOwnEngine({ open, clock, log, changed, record }: OwnEngineParts): Inference {
  let opened: OpenedEngine | null = null
  let reason = 'it is starting'
  let verified = 0
  let isEnding = false
  let cancelTimer = (): void => {}
  const first = Promise.withResolvers<void>()
  void tryToOpen()

  async function tryToOpen(): Promise<void> {
    try {
      opened = await open()
      reason = ''
      log('info', `The engine ${opened.name} is ready`)
      changed()
    } catch (error) {
      if (reason !== messageOf(error)) log('error', `No engine can be opened: ${messageOf(error)}`)
      reason = messageOf(error)
      if (!isEnding) cancelTimer = clock.after(OPEN_AGAIN_MS, () => void tryToOpen())
    } finally {
      first.resolve()
    }
  }

  /** Waits for the first attempt only. */
  async function engine(): Promise<OpenedEngine> {
    if (opened === null) await first.promise
    if (opened === null) throw notReady(`no engine can be opened: ${reason}`)
    return opened
  }

  const load = (version: VersionRef): Promise<void> =>
    recorded(version, async (models) => {
      const { note, isFallback } = await models.load(version)
      if (note) log(isFallback ? 'warn' : 'info', `${version.key}: ${note}`)
    })

  /** `work` loads this version; an error of the engine becomes a refusal of the version. */
  async function recorded(version: VersionRef, work: (models: OwnModels) => Promise<void>): Promise<void> {
    if (record.deaths(version.key) >= MOST_DEATHS)
      throw badBundle(version.key, `${MOST_DEATHS} processes in a row ended while they loaded it`)
    const { models } = await engine()
    const done = record.begin(version.key)
    try {
      await work(models)
    } catch (error) {
      // The engine's own error: files that match their checksums and disagree with each other.
      if (!isDarkroomError(error)) log('error', `${version.key} cannot be loaded`, { error })
      throw badBundle(version.key, isDarkroomError(error) ? error.why : messageOf(error))
    } finally {
      done()
    }
  }

  const unload = (key: string): void => {
    opened?.models
      .unload(key)
      .catch((error: unknown) => log('error', 'A version could not be unloaded', { error, key }))
  }

  return {
    load,
    unload,
    verify(version) {
      const trial = { ...version, key: `${version.key} verification ${++verified}` }
      return recorded(trial, (models) => models.verify(version, trial.key))
    },
    async infer(version, images, limits) {
      const { name, models } = opened ?? (await engine())
      return { ...(await models.infer({ key: version.key, images, ...limits })), engine: name }
    },
    async explain(version, image, about) {
      const { models } = await engine()
      const rows = models.explain({ key: version.key, image, ...about })
      for (;;) {
        const row = await rows.next()
        if (row.done) return row.value
        await new Promise((resolve) => setImmediate(resolve)) // predictions go on in between
      }
    },
    ready: () => (opened === null ? 0 : 1),
    engine: () => opened?.name ?? null,
    reason: () => reason,
    async [Symbol.asyncDispose]() {
      isEnding = true
      cancelTimer()
    },
  }
}
