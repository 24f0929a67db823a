/** Has a foreign network read and sealed by a process of its own, which is ended when it takes too long or too much
 *  memory: its parser and its engine cannot be interrupted. */
import { stat, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Message } from '#lib/children/child.ts'
import type { ImportProgress } from '#lib/contracts/imports.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import type { NetworkSealing, SealedNetwork } from '#lib/training/import/seal-network.ts'
import { answerElsewhere, type LimitedMessage } from './limited-child.ts'

const ENTRY = path.join(import.meta.dirname, '../importing.ts')
const MIB = 1024 ** 2
/** 2,000 images with both precisions take a minute of a core for MobileNetV2; other work goes first. */
const LONGEST_MS = 900_000
/** Node, the engine, and the images for 8-bit numbers. */
const WITHOUT_WEIGHTS_BYTES = 1024 * MIB
/** The file, its tensors, the network with them, and what the engine copies. */
const COPIES_OF_FILE = 6

type SealingAnswer =
  | ({ readonly kind: 'progress' } & ImportProgress)
  | { readonly kind: 'sealed'; readonly network: SealedNetwork }
type SealingResult = Extract<SealingAnswer, { readonly kind: 'sealed' }>
export type SealingMessage = Message & (LimitedMessage | SealingAnswer)

export type SealingLimits = {
  /** Less than the size of the files explains. */
  readonly memoryBytes?: number | undefined
  readonly longestMs?: number
  readonly signal: AbortSignal
  readonly onProgress: (progress: ImportProgress) => void
  readonly onLine: (line: string) => void
}

/** As a person knows the file. */
export const fileNameOf = ({ source }: NetworkSealing): string => source.name ?? path.basename(source.path)

export async function sealElsewhere(
  sealing: NetworkSealing,
  { memoryBytes = Infinity, longestMs = LONGEST_MS, signal, onProgress, onLine }: SealingLimits,
): Promise<SealedNetwork> {
  const mostBytes = Math.min(
    memoryBytes,
    WITHOUT_WEIGHTS_BYTES + COPIES_OF_FILE * (await sizeOf(sealing.source.path)),
  )
  const { network } = await answerElsewhere<NetworkSealing, SealingAnswer, SealingResult>(
    {
      entry: ENTRY,
      request: sealing,
      ...{ mostBytes, longestMs, signal, onLine },
      doing: 'reading it',
      refusal: (why) => notImported(fileNameOf(sealing), why),
      onAnswer: (answer) => {
        if (answer.kind === 'progress') onProgress({ message: answer.message, percent: answer.percent })
      },
    },
    (answer): answer is SealingResult => answer.kind === 'sealed',
  )
  return network
}

export const notImported = (name: string, why: string, cause?: unknown): DarkroomError =>
  new DarkroomError(
    'invalid_input',
    { what: `${name} was not imported`, why, remedy: 'Check the file, or use a smaller network.' },
    { cause },
  )

async function sizeOf(file: string): Promise<number> {
  const about = await stat(file)
  if (!about.isDirectory()) return about.size
  const sizes = await Promise.all(
    (await readdir(file)).map(async (name) => (await stat(path.join(file, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
