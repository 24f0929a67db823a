/** One decoding child: large images in, what is wanted of them out. It may be killed by one, and nothing else
 *  is lost; ends with its parent. */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { runChild } from '#lib/children/run-child.ts'
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { answerDecoding } from '#lib/inference/answer-decoding.ts'
import { endWhenUncaught, tellOnStderr } from './last-resort.ts'

/** Predictions for small images go first: a fifth of a core is left to this process where all are wanted. At
 *  the lowest priority a busy machine decoded nothing within 10 s. */
const NICE = 7

endWhenUncaught({ tell: tellOnStderr })
setPriority(NICE)
try {
  // where memory ends all the same, this process is the one that Linux ends
  writeFileSync('/proc/self/oom_score_adj', '1000')
} catch {
  // Other systems have no such file.
}
await runChild<DecodingRequest, DecodingMessage>((say) => ({
  ready: {},
  hear: answerDecoding({
    say,
    usedBytes: () => process.memoryUsage.rss(),
    endProcess: () => process.exit(1),
    collectGarbage: () => void globalThis.gc?.(),
  }),
}))
