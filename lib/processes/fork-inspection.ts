/** Has an ONNX file examined or saved by a process of its own, which is ended when it takes too long or too much
 *  memory: ONNX Runtime cannot be interrupted, and a small file can describe endless work. */
import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Message } from '#lib/children/child.ts'
import { forkChild } from '#lib/children/fork.ts'
import type { Unable } from '#lib/contracts/ipc.ts'
import { reportedError, type FailureReport } from '#lib/domain/errors.ts'
import {
  notABackbone,
  type InspectionOptions,
  type InspectOnnx,
  type OnnxInspection,
} from '#lib/training/pretrained/onnx/inspect-onnx.ts'
import type { OnnxSaving, SaveOnnx } from '#lib/training/pretrained/onnx/save-onnx.ts'
import { engineEnvironment, inheritedFlags } from './environment.ts'

const ENTRY = path.join(import.meta.dirname, 'inspection.ts')
const MIB = 1024 ** 2
/** DINOv2 ViT-S/14 needs some 10 s of a core for the 48 images, and other work goes first. */
const LONGEST_MS = 300_000
const WATCH_EVERY_MS = 50
/** Node, ONNX Runtime and the values of 8 images at a time. */
const WITHOUT_WEIGHTS_BYTES = 1024 * MIB
/** The file, the graph with the values to examine, and the copies that ONNX Runtime makes of its weights. */
const COPIES_OF_FILE = 6

export type InspectionRequest =
  | { readonly kind: 'examine'; readonly path: string; readonly options: InspectionOptions }
  | { readonly kind: 'save'; readonly path: string; readonly into: string; readonly saving: OnnxSaving }
export type InspectionMessage = Message &
  (
    | { readonly kind: 'ready' }
    | Unable
    | { readonly kind: 'inspected'; readonly inspection: OnnxInspection }
    | { readonly kind: 'saved'; readonly folder: string }
    | { readonly kind: 'failed'; readonly failure: FailureReport }
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
  signal.throwIfAborted()
  const child = forkChild<InspectionRequest, InspectionMessage>({
    entry: ENTRY,
    env: engineEnvironment(availableParallelism()),
    flags: inheritedFlags(),
    stdout: 'ignore',
    onLine,
  })
  return new Promise((resolve, reject) => {
    let why: string | null = null
    const end = (reason: string | null): void => {
      why ??= reason
      child.kill('SIGKILL')
    }
    const stop = (): void => end(null)
    signal.addEventListener('abort', stop, { once: true })
    const deadline = setTimeout(() => end(`examining it takes longer than ${longestMs / 1000} s`), longestMs)
    const watch = setInterval(() => {
      if (ownBytes(child.pid) > mostBytes)
        end(`examining it takes more than ${Math.floor(mostBytes / MIB)} MB of memory`)
    }, WATCH_EVERY_MS)
    child.listen({
      message(message) {
        if (message.kind === 'ready') child.send(request)
        if (message.kind === 'unable') end(message.reason)
        if (message.kind === 'inspected' || message.kind === 'saved') resolve(message)
        if (message.kind === 'failed') reject(reportedError(message.failure))
      },
      exit(cause) {
        clearTimeout(deadline)
        clearInterval(watch)
        signal.removeEventListener('abort', stop)
        if (signal.aborted) reject(signal.reason as Error)
        else reject(notABackbone(nameOf(request), why ?? `ONNX Runtime ended while it ran it (${cause})`))
      },
    })
  })
}

/** Memory of a process that it shares with no other and no file; 0 on systems that do not tell. */
function ownBytes(pid: number): number {
  try {
    const [, kib = '0'] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kib) * 1024
  } catch {
    return 0
  }
}
