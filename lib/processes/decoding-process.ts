/**
 * One decoding child: takes large images, returns what was requested of them. An image may crash it without
 * any other loss; it ends with its parent.
 */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { runChild } from '#lib/children/run-child.ts'
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { answerDecoding } from '#lib/inference/answer-decoding.ts'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'

/**
 * Predictions for small images go first: this process gets a fifth of a core when all are busy. At the
 * lowest priority, a busy machine decoded nothing within 10 s.
 */
const NICE = 7

endWhenUncaught({ report: reportOnStderr })
setPriority(NICE)
try {
  // if memory runs out nevertheless, Linux ends this process first
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
