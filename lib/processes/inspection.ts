/** A process that examines one ONNX file, or saves it as a pretrained network, and ends: the file may crash it, keep
 *  it busy or fill its memory without any other loss. */
import { endWhenUncaught, reportOnStderr } from '#lib/children/last-resort.ts'
import { runChild } from '#lib/children/run-child.ts'
import { isDiskFull } from '#lib/domain/disk-full.ts'
import { isDarkroomError, messageOf, reportOf, type FailureReport } from '#lib/domain/errors.ts'
import { openGraph } from '#lib/engines/ort/run-graph.ts'
import { inspectOnnx, notABackbone } from '#lib/training/pretrained/onnx/inspect-onnx.ts'
import { saveOnnx } from '#lib/training/pretrained/onnx/save-onnx.ts'
import { nameOf, type InspectionMessage, type InspectionRequest } from './forks/fork-inspection.ts'
import { giveWay } from './forks/low-priority.ts'

endWhenUncaught({ report: reportOnStderr })
giveWay()
await runChild<InspectionRequest, InspectionMessage>((say) => ({
  ready: {},
  hear: (request) => {
    const end = (message: InspectionMessage): void => say(message, () => process.exit(0))
    outcomeOf(request).then(end, (error: unknown) =>
      end({ kind: 'failed', failure: failureOf(error, nameOf(request)) }),
    )
  },
}))

async function outcomeOf(request: InspectionRequest): Promise<InspectionMessage> {
  switch (request.kind) {
    case 'examine': {
      const ports = { openGraph, signal: new AbortController().signal }
      return { kind: 'inspected', inspection: await inspectOnnx(request.path, request.options, ports) }
    }
    case 'save':
      return { kind: 'saved', folder: await saveOnnx(request.path, request.into, request.saving) }
  }
}

function failureOf(error: unknown, name: string): FailureReport {
  if (isDiskFull(error))
    return {
      code: 'disk_full',
      summary: `${name} was not added as a pretrained network`,
      reason: 'the disk has no space for it',
      action: 'Free up space and try again.',
    }
  return reportOf(isDarkroomError(error) ? error : notABackbone(name, messageOf(error), error))
}
