/** Where the images of a classifier are compared: few in this process, many in a child, so that a web process answers
 *  in between and its memory does not grow. */
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import type { Child } from '#lib/children/child.ts'
import type { GroupingMessage, GroupingRequest } from '#lib/contracts/ipc.ts'
import type { Data } from '#lib/data/data.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import type { Link } from '#lib/domain/grouping/groups.ts'
import { groupImages, type GroupingPorts, type LinkSearch } from '#lib/ingest/group-images.ts'
import { searchHere } from '#lib/ingest/link-search.ts'
import type { Log } from '#lib/operations/log.ts'
import { CHILD_FLAGS } from '../start/environment.ts'

const ENTRY = path.join(import.meta.dirname, '../grouping.ts')
/** Comparing a pair takes 0.5 to 5 µs, forking a child 100 ms (2026-11-29). */
const MOST_PAIRS_HERE = 10_000

/** Side of the small copy that near-copies are found by. */
export const SMALL_PIXELS = 64

type GroupImages = (classifierId: string, signal: AbortSignal) => Promise<void>

/** Failures are logged: the groups are found by the next upload, or by the worker. It throws where it was aborted. */
export const composeGrouping =
  (data: Data, { sizeOf, log }: Pick<GroupingPorts, 'sizeOf'> & { readonly log: Log }): GroupImages =>
  async (classifierId, signal) => {
    try {
      const openSearch = (pairs: number): LinkSearch =>
        pairs <= MOST_PAIRS_HERE ? searchHere(signal) : searchInChild(signal, log)
      await groupImages(classifierId, { ...data, sizeOf, openSearch }, signal)
    } catch (error) {
      if (signal.aborted) throw error
      log(isDarkroomError(error) ? 'warn' : 'error', 'Near-copies could not be looked for', {
        classifier: classifierId,
        error,
      })
    }
  }

function searchInChild(signal: AbortSignal, log: Log): LinkSearch {
  const child: Child<GroupingRequest, GroupingMessage> = forkChild({
    entry: ENTRY,
    flags: [...CHILD_FLAGS, '--max-old-space-size=256'],
    stdout: 'ignore',
    onLine: (line) => log('warn', line, { child: 'grouping' }),
  })
  return {
    add: (images) => child.send({ kind: 'add', images }),
    find: () =>
      new Promise<readonly Link[]>((resolve, reject) => {
        const stop = (): void => child.kill('SIGTERM')
        signal.addEventListener('abort', stop, { once: true })
        child.listen({
          message(message) {
            if (message.kind === 'links') resolve(message.links)
            if (message.kind === 'unable') reject(new Error(message.reason))
          },
          exit(cause) {
            signal.removeEventListener('abort', stop)
            reject(new Error(`The process that compares images ended early (${cause}).`))
          },
        })
        child.send({ kind: 'find' })
      }),
  }
}
