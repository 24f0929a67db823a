/** Has an ONNX file examined or saved by a process of its own, which is ended when it takes too long or too much
 *  memory: ONNX Runtime cannot be interrupted, and a small file can describe endless work. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { Message } from '#lib/children/child.ts'
import {
  notABackbone,
  type InspectionOptions,
  type InspectOnnx,
  type OnnxInspection,
} from '#lib/training/pretrained/onnx/inspect-onnx.ts'
import type { OnnxSaving, SaveOnnx } from '#lib/training/pretrained/onnx/save-onnx.ts'
import { answerElsewhere, type LimitedMessage } from './limited-child.ts'

const ENTRY = path.join(import.meta.dirname, '../inspection.ts')
const MIB = 1024 ** 2
/** DINOv2 ViT-S/14 needs some 10 s of a core for the 48 images, and other work goes first. */
const LONGEST_MS = 300_000
/** Node, ONNX Runtime and the values of 8 images at a time. */
const WITHOUT_WEIGHTS_BYTES = 1024 * MIB
/** The file, the graph with the values to examine, and the copies that ONNX Runtime makes of its weights. */
const COPIES_OF_FILE = 6

export type InspectionRequest =
  | { readonly kind: 'examine'; readonly path: string; readonly options: InspectionOptions }
  | { readonly kind: 'save'; readonly path: string; readonly into: string; readonly saving: OnnxSaving }
export type InspectionMessage = Message &
  (
    | LimitedMessage
    | { readonly kind: 'inspected'; readonly inspection: OnnxInspection }
    | { readonly kind: 'saved'; readonly folder: string }
  )

export type InspectionLimits = {
  /** Less than the size of the file explains. */
  readonly memoryBytes?: number | undefined
  readonly longestMs?: number
  readonly signal: AbortSignal
  readonly onLine: (line: string) => void
}

/** As a person knows the file. */
export const nameOf = (request: InspectionRequest): string =>
  request.kind === 'examine' ? request.options.name : request.saving.fileName

export const inspectElsewhere =
  (limits: InspectionLimits): InspectOnnx =>
  async (path, options) => {
    const message = await elsewhere({ kind: 'examine', path, options }, limits)
    if (message.kind !== 'inspected') throw new Error(`the examination answered ${message.kind}`)
    return message.inspection
  }

export const saveElsewhere =
  (limits: InspectionLimits): SaveOnnx =>
  async (path, into, saving) => {
    const message = await elsewhere({ kind: 'save', path, into, saving }, limits)
    if (message.kind !== 'saved') throw new Error(`saving answered ${message.kind}`)
    return message.folder
  }

type Outcome = Extract<InspectionMessage, { readonly kind: 'inspected' | 'saved' }>

async function elsewhere(
  request: InspectionRequest,
  { memoryBytes = Infinity, longestMs = LONGEST_MS, signal, onLine }: InspectionLimits,
): Promise<Outcome> {
  const mostBytes = Math.min(
    memoryBytes,
    WITHOUT_WEIGHTS_BYTES + COPIES_OF_FILE * (await stat(request.path)).size,
  )
  return answerElsewhere<InspectionRequest, Outcome, Outcome>(
    {
      entry: ENTRY,
      ...{ request, mostBytes, longestMs, signal, onLine },
      doing: 'examining it',
      refusal: (why) => notABackbone(nameOf(request), why),
      onAnswer: () => undefined,
    },
    (answer): answer is Outcome => answer.kind === 'inspected' || answer.kind === 'saved',
  )
}
