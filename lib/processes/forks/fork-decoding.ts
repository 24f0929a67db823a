/** Forks the decoding child of a process, with its queue and the memory budget of this start. */
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import {
  createDecodingQueue,
  type DecodingChild,
  type DecodingParts,
  type DecodingQueue,
} from '#lib/images/decoding-queue.ts'
import { steadyClock } from '../clock.ts'
import { CHILD_FLAGS } from '../start/environment.ts'
import { availableBytes, decodeBudgetBytes, isSmall, SMALL_PIECES } from '#lib/operations/memory-limits.ts'
import { answeringCount } from '../start/process-layout.ts'
import type { Start } from '../settings.ts'

const ENTRY = path.join(import.meta.dirname, '../decoding-process.ts')
/** Its own objects are few: images are stored outside the heap. */
const FLAGS = [...CHILD_FLAGS, '--max-semi-space-size=1', '--max-old-space-size=128', '--expose-gc']
/** More would only share the same cores with the predictions. */
const MOST_LANES = 4
/** Forking takes a quarter of a second, and an idle child takes 70 MB. */
const IDLE_MS = 10_000
const SHORT_IDLE_MS = 2_000
/** Reserved for the other processes where memory is small: what they allocate temporarily. */
const SPARE_BYTES = 24 * 1024 ** 2

/** For one process. `grant`: its part of the budget, where several processes share it. */
export function composeDecoding(
  { settings }: Start,
  log: DecodingParts['log'],
  grant?: DecodingParts['grant'],
): DecodingQueue {
  const sharing = answeringCount(settings)
  return createDecodingQueue({
    fork: () => forkDecoding((line) => log('warn', line, { child: 'decoding' })),
    clock: steadyClock,
    log,
    budgetBytes: decodeBudgetBytes(settings),
    ...(grant && { grant }),
    lanes: Math.max(2, Math.min(MOST_LANES, Math.floor(availableParallelism() / sharing))),
    idleMs: isSmall(settings) ? SHORT_IDLE_MS : IDLE_MS,
    ...(isSmall(settings) && { availableBytes: () => availableBytes() - SPARE_BYTES }),
  })
}

const forkDecoding = (onLine: (line: string) => void): DecodingChild =>
  forkChild({ entry: ENTRY, env: { ...process.env, ...SMALL_PIECES }, flags: FLAGS, onLine })
