/** A process that examines one ONNX file and ends: the file may crash it, keep it busy or fill its memory without any
 *  other loss. */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { runChild } from '#lib/children/run-child.ts'
import { isDarkroomError, messageOf, reportOf, type FailureReport } from '#lib/domain/errors.ts'
import { openGraph } from '#lib/engines/ort/run-graph.ts'
import { inspectOnnx, notABackbone } from '#lib/training/pretrained/onnx/inspect-onnx.ts'
import type { InspectionMessage, InspectionRequest } from './fork-inspection.ts'

/** Predictions go first; as in lib/processes/decoding-process.ts. */
const NICE = 7

endWhenUncaught({ report: reportOnStderr })
setPriority(NICE)
try {
  // if memory runs out nevertheless, Linux ends this process first
  writeFileSync('/proc/self/oom_score_adj', '1000')
} catch {
  // Other systems have no such file.
}
await runChild<InspectionRequest, InspectionMessage>((say) => ({
  ready: {},
  hear: ({ path, options }) => {
    const end = (message: InspectionMessage): void => say(message, () => process.exit(0))
    const failure = (error: unknown): FailureReport =>
      reportOf(isDarkroomError(error) ? error : notABackbone(options.name, messageOf(error), error))
    inspectOnnx(path, options, { openGraph, signal: new AbortController().signal }).then(
      (inspection) => end({ kind: 'inspected', inspection }),
      (error: unknown) => end({ kind: 'failed', failure: failure(error) }),
    )
  },
}))
