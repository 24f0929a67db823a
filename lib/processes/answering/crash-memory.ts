/**
 * What a process knows about those before it that ended: which images they were decoding, and which versions they
 * were loading. Its own work is written to a file for its successor; suspect images are also reported to the other
 * processes, through the supervisor.
 */
import { openWorkRecord } from '#lib/children/work-record.ts'
import { imagesIn } from '#lib/inference/decode-notes.ts'
import type { LoadRecord } from '#lib/serving/own-engine.ts'
import { createSuspectImages, type SuspectImages } from '#lib/serving/suspect-images.ts'
import { steadyClock } from '../clock.ts'

export type CrashMemory = {
  readonly suspects: SuspectImages
  readonly loading: LoadRecord
  /** Notes work that may end this process; returns what is to be called when it is done. */
  readonly begin: (work: string) => () => void
}

const LOAD = /^load (\S+) (\d+)$/

/** `file`: of this process and its successors. */
export function openCrashMemory(file: string): CrashMemory {
  const { left, begin } = openWorkRecord(file)
  const suspects = createSuspectImages(steadyClock)
  suspects.add(imagesIn(left))
  const deaths = new Map(
    left.flatMap((work) => {
      const [, key, times] = LOAD.exec(work) ?? []
      return key === undefined ? [] : [[key, Number(times)] as const]
    }),
  )
  const versionOf = (key: string): string => key.split(' ')[0]! // also of one that is being verified
  return {
    suspects,
    begin,
    loading: {
      deaths: (key) => deaths.get(versionOf(key)) ?? 0,
      begin(key) {
        const version = versionOf(key)
        const done = begin(`load ${version} ${(deaths.get(version) ?? 0) + 1}`)
        return () => {
          deaths.delete(version)
          done()
        }
      },
    },
  }
}
