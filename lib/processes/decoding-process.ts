/**
 * One decoding child: takes large images, returns what was requested of them. An image may crash it without
 * any other loss; it ends with its parent.
 */
import { runChild } from '#lib/children/run-child.ts'
import type { DecodingMessage, DecodingRequest } from '#lib/contracts/ipc.ts'
import { answerDecoding } from '#lib/inference/answer-decoding.ts'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { giveWay } from './forks/low-priority.ts'

endWhenUncaught({ report: reportOnStderr })
giveWay()
await runChild<DecodingRequest, DecodingMessage>((say) => ({
  ready: {},
  hear: answerDecoding({
    say,
    usedBytes: () => process.memoryUsage.rss(),
    endProcess: () => process.exit(1),
    collectGarbage: () => void globalThis.gc?.(),
  }),
}))
