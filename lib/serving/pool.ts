/** Inference in child processes, for jobs and commands: each holds the same versions, and what one that ended leaves
 *  unanswered, another or its successor answers. It forms no batches and does not know which version is live. */
import type { PreparedImage, VersionRef } from '#lib/contracts/ipc.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { isDarkroomError, reportedError } from '#lib/domain/errors.ts'
import { isKilled } from '#lib/domain/restart.ts'
import { ChildProcessExited, createInferenceChild, type InferenceChild } from './inference-child.ts'
import type { InferenceOutput, InferenceLimits, Pool, PoolParts } from './pool-parts.ts'
import { badBundle, endsProcesses } from './refusals.ts'

/** Longer than the decoder's own limit for one image (30 s), so that only a genuine hang exceeds it. */
export const LONGEST_BATCH_MS = 45_000
/** Reading, checking and warming a version; the largest networks compile for some seconds on a busy machine. */
export const LONGEST_LOAD_MS = 60_000
/** A version that ended so many processes in a row while they loaded it is considered broken; a single one may
 *  have been killed for another reason. */
const MOST_DEATHS = 2
/** The same for a version that was loaded before: more likely the processes are killed from outside, and
 *  predictions wait until one of them is loaded. Each attempt takes about a second. */
const MOST_DEATHS_ONCE_LOADED = 10
/** An image that is computed alone when its process is killed is retried so many times: a small image, as all are
 *  that come here, is hardly what the machine lacks memory for. One that crashes its process is not. */
const MOST_KILLS_ALONE = 3
/** It computes one batch while the next one waits in its queue: it never waits for this process. */
const MOST_PER_CHILD = 2
const ENDED_BY_IT = 'the process that loaded it ended'

export function createPool({ name, size, start, clock, log, changed }: PoolParts): Pool {
  const resident = new Map<string, VersionRef>()
  /** How many children in a row ended while they loaded a version. */
  const deadly = new Map<string, number>()
  const loadedOnce = new Set<string>()
  let verified = 0
  const takers: ((child: InferenceChild) => void)[] = []
  let isEnding = false

  // The first child alone, so that it is ready soonest; the others when it is, or has failed to be.
  const children = [openChild(1)]

  function openChild(number: number): InferenceChild {
    return createInferenceChild({
      name: `${name} ${number}`,
      start,
      clock,
      prepare,
      changed: (child) => {
        if (!isEnding) while (children.length < size) children.push(openChild(children.length + 1))
        if (child.state === 'ready') free(child)
        else changed()
      },
    })
  }

  /** A child that comes later loads what the others hold. What it cannot load is reported, and the child
   *  serves the rest. */
  async function prepare(child: InferenceChild): Promise<void> {
    for (const version of [...resident.values()]) {
      await loadInto(child, version).catch((error: unknown) => {
        if (error instanceof ChildProcessExited && !isDeadly(version.key)) throw error
        lost(version.key, child.name, error)
        if (error instanceof ChildProcessExited) throw error
      })
    }
  }

  function lost(key: string, childName: string, error: unknown): void {
    if (!resident.delete(key)) return
    deadly.delete(key)
    loadedOnce.delete(key)
    const reason = isDarkroomError(error) ? error.why : ENDED_BY_IT
    log('error', `${childName} cannot load ${key}: ${reason}`)
  }

  const isDeadly = (key: string): boolean =>
    (deadly.get(key) ?? 0) >= (loadedOnce.has(key) ? MOST_DEATHS_ONCE_LOADED : MOST_DEATHS)

  async function loadInto(child: InferenceChild, version: VersionRef): Promise<void> {
    if (child.loaded.has(version.key)) return
    try {
      const answer = await child.request({ kind: 'load', version }, LONGEST_LOAD_MS)
      deadly.delete(version.key)
      if (answer.kind === 'failed') throw badBundle(version.key, answer.failure.reason)
    } catch (error) {
      if (error instanceof ChildProcessExited) deadly.set(version.key, (deadly.get(version.key) ?? 0) + 1)
      throw error
    }
    child.loaded.add(version.key)
    loadedOnce.add(version.key)
  }

  /** One child goes first: what ruins it ruins no other. One that ended for another reason is followed by a
   *  second. */
  async function load(version: VersionRef): Promise<void> {
    if (resident.has(version.key)) return
    const first = await onOneChild(version, (child) => loadInto(child, version))
    resident.set(version.key, version)
    const others = children.filter((child) => child !== first && child.state === 'ready')
    await Promise.all(
      others.map((child) =>
        loadInto(child, version).catch((error: unknown) => {
          if (!(error instanceof ChildProcessExited)) lost(version.key, child.name, error)
        }),
      ),
    )
  }

  async function verify({ key, folder }: VersionRef): Promise<void> {
    const version = { key: `${key} verification ${++verified}`, folder }
    await onOneChild(version, async (child) => {
      await loadInto(child, version)
      if (child.loaded.delete(version.key)) child.send({ kind: 'unload', key: version.key })
      loadedOnce.delete(version.key)
    })
  }

  async function onOneChild(
    version: VersionRef,
    work: (child: InferenceChild) => Promise<void>,
  ): Promise<InferenceChild> {
    for (;;) {
      const child = await take()
      try {
        await work(child)
        return child
      } catch (error) {
        if (!(error instanceof ChildProcessExited)) throw error
        if (!isDeadly(version.key)) continue
        deadly.delete(version.key)
        throw badBundle(version.key, `${ENDED_BY_IT} (${error.message})`)
      } finally {
        free(child)
      }
    }
  }

  /** For a request: this child may be newer than the version's last load. */
  const loadFor = (child: InferenceChild, version: VersionRef): Promise<void> =>
    loadInto(child, version).catch((error: unknown) => {
      if (!(error instanceof ChildProcessExited) || isDeadly(version.key))
        lost(version.key, child.name, error)
      throw error
    })

  function unload(key: string): void {
    resident.delete(key)
    loadedOnce.delete(key)
    for (const child of children) if (child.loaded.delete(key)) child.send({ kind: 'unload', key })
  }

  /** What a crash leaves open is retried image by image, so that one that ends processes fails alone: after one
   *  more crash, or some more kills. */
  const infer: Pool['infer'] = async (version, images, limits) => {
    try {
      return await inferOn(await take(), version, images, limits)
    } catch (error) {
      if (!(error instanceof ChildProcessExited)) throw error
      log('warn', `${images.length} images are retried: ${error.message}`, { key: version.key })
    }
    const alone = await Promise.all(images.map((image) => inferAlone(version, image, limits)))
    return {
      images: alone.map((one) => one.images[0]!),
      inferenceMs: alone.reduce((sum, one) => sum + one.inferenceMs, 0),
      engine: alone.find((one) => one.engine !== null)?.engine ?? null,
    }
  }

  async function inferAlone(
    version: VersionRef,
    image: Uint8Array | PreparedImage,
    limits: InferenceLimits,
  ): Promise<InferenceOutput<EngineName>> {
    for (let attempt = 1; ; attempt++) {
      const child = await takeLiving(version)
      try {
        return await inferOn(child, version, [image], limits)
      } catch (error) {
        if (!(error instanceof ChildProcessExited)) throw error
        if (isKilled(error.message) && attempt < MOST_KILLS_ALONE) continue
        log('error', `One image crashed ${child.name}: ${error.message}. It was not processed.`)
        return { images: [endsProcesses(error.message)], inferenceMs: 0, engine: null }
      }
    }
  }

  /** A child that has just replied: one that was killed together with the first must not count against
   *  the image. */
  async function takeLiving(version: VersionRef): Promise<InferenceChild> {
    for (;;) {
      const child = await take()
      const isLiving = await child.request({ kind: 'load', version }, LONGEST_LOAD_MS).then(
        () => true,
        () => false,
      )
      if (isLiving) return child
      free(child)
    }
  }

  async function inferOn(
    child: InferenceChild,
    version: VersionRef,
    images: readonly (Uint8Array | PreparedImage)[],
    limits: InferenceLimits,
  ): Promise<InferenceOutput<EngineName>> {
    try {
      await loadFor(child, version)
      const answer = await child.request(
        { kind: 'infer', key: version.key, images: images, ...limits },
        LONGEST_BATCH_MS,
      )
      if (answer.kind === 'inferred' && answer.images.length === images.length)
        return { images: answer.images, inferenceMs: answer.inferenceMs, engine: child.engine }
      if (answer.kind === 'failed') throw reportedError(answer.failure)
      throw new Error(`${child.name} replied to ${images.length} images with "${answer.kind}"`)
    } finally {
      free(child)
    }
  }

  /** The child with the least to do, or the next one that can take more. */
  function take(): Promise<InferenceChild> {
    const [least] = children
      .filter((child) => child.state === 'ready' && child.running < MOST_PER_CHILD)
      .sort((one, other) => one.running - other.running)
    if (least) {
      least.running += 1
      return Promise.resolve(least)
    }
    if (isEnding) return Promise.reject(new ChildProcessExited(`${name} is shutting down`))
    return new Promise((resolve) =>
      takers.push((child) => {
        child.running += 1
        resolve(child)
      }),
    )
  }

  function free(child: InferenceChild): void {
    child.running = Math.max(0, child.running - 1) // none after it ended
    if (child.state !== 'ready') return
    const next = takers.shift()
    if (next) next(child)
    else changed()
  }

  return {
    load,
    unload,
    verify,
    infer,
    ready: () => children.filter((child) => child.state === 'ready').length,
    engine: () => children.find((child) => child.state === 'ready')?.engine ?? null,
    children: () => children.map(({ name, pid, state, reason }) => ({ name, pid: pid(), state, reason })),
    [Symbol.asyncDispose]: async () => {
      isEnding = true
      await Promise.all(children.map((child) => child.end()))
    },
  }
}
