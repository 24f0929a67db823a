/**
 * What a prediction over HTTP costs at least on this machine: each part alone, by its CPU time. A server that does
 * all of them cannot answer more than cores ÷ sum.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { InferencePrecision } from '#lib/contracts/precision.ts'
import type { Data } from '#lib/data/data.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { createSender, drawnImages } from './load-generator.ts'
import { cpuMsOf } from './process-figures.ts'

const ROUNDS = 3
const ROWS = 2_000
const ROWS_AT_ONCE = 20
const ECHO_CONNECTIONS = 50
const ECHO_SECONDS = 3

/** Microseconds of CPU per image while every core does the same. */
export type ComputingCost = {
  /** From the bytes of the PNG to the square that the version reads. */
  readonly decode: number
  /** In the batch where it is least. */
  readonly inference: number
  readonly bestBatch: number
  /** In a batch of one. */
  readonly inferenceAlone: number
}
/** Microseconds of CPU per prediction. */
export type Floor = ComputingCost & {
  /** Of a plain server of Node that answers about as many bytes. */
  readonly http: number
  /** Of the load generator. */
  readonly client: number
  /** Of the row and the image of the history, 20 at a time. */
  readonly row: number
}
/** From a measuring process (floor-process.ts). `unable`: this version does not serve this precision here. */
export type FloorMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unable' }
  | { readonly kind: 'measured'; readonly cost: ComputingCost }

export type FloorParts = {
  readonly precision: InferencePrecision
  /** Of a product that is idle. */
  readonly data: Pick<Data, 'predictions' | 'versions' | 'classifiers'>
  readonly classifier: string
}

/** Predictions per second at which all cores are busy with these parts alone, in the best batches. */
export const floorRate = (floor: Floor, isHistoryOn: boolean): number =>
  (availableParallelism() * 1e6) /
  (floor.decode + floor.inference + floor.http + floor.client + (isHistoryOn ? floor.row : 0))

/** The same for one connection, which waits for each answer: one core, batches of one. */
export const floorRateAlone = (floor: Floor, isHistoryOn: boolean): number =>
  1e6 / (floor.decode + floor.inferenceAlone + floor.http + floor.client + (isHistoryOn ? floor.row : 0))

/** Null: this version does not serve this precision here. */
export async function measureFloor({ precision, data, classifier }: FloorParts): Promise<Floor | null> {
  const version = await liveVersion(data, classifier)
  const computing = await measureOnAllCores(version.folder, precision)
  if (computing === null) return null
  return { ...computing, ...(await measureEcho()), row: await measureRows(data, version) }
}

/** The least of some rounds: other programs only add to it. @returns microseconds of this process per item */
export async function cpuPerItem(items: number, work: () => Promise<void>): Promise<number> {
  await work()
  let least = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / items)
  }
  return least
}

/** In one process per core at the same time; the mean of all. */
async function measureOnAllCores(
  folder: string,
  precision: InferencePrecision,
): Promise<ComputingCost | null> {
  const children = Array.from({ length: availableParallelism() }, () =>
    fork(programFile('./floor-process.ts'), [folder, precision]),
  )
  try {
    const first = await Promise.all(children.map(nextMessage))
    if (first.some(({ kind }) => kind === 'unable')) return null
    const measured = children.map(nextMessage)
    for (const child of children) child.send('measure')
    const costs = (await Promise.all(measured)).flatMap((message) =>
      message.kind === 'measured' ? [message.cost] : [],
    )
    const mean = (part: 'decode' | 'inference' | 'inferenceAlone' | 'bestBatch'): number =>
      costs.reduce((sum, cost) => sum + cost[part], 0) / costs.length
    return {
      decode: mean('decode'),
      inference: mean('inference'),
      bestBatch: mean('bestBatch'),
      inferenceAlone: mean('inferenceAlone'),
    }
  } finally {
    for (const child of children) child.kill()
  }
}

const programFile = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const nextMessage = (child: ChildProcess): Promise<FloorMessage> =>
  new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as FloorMessage))
    child.once('exit', (code) => reject(new Error(`A measuring process ended with ${code}`)))
  })

async function measureEcho(): Promise<Pick<Floor, 'http' | 'client'>> {
  const child = fork(programFile('./echo-server.ts'))
  try {
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(Number(message)))
      child.once('exit', (code) => reject(new Error(`The echo server ended with ${code}`)))
    })
    using sender = createSender(`http://127.0.0.1:${port}/`, true)
    await sender.fire({ connections: ECHO_CONNECTIONS, seconds: 1 })
    const serverBefore = cpuMsOf(child.pid!)
    const clientBefore = process.cpuUsage()
    const answers = await sender.fire({ connections: ECHO_CONNECTIONS, seconds: ECHO_SECONDS })
    const { user, system } = process.cpuUsage(clientBefore)
    return {
      http: ((cpuMsOf(child.pid!) - serverBefore) * 1_000) / answers.length,
      client: (user + system) / answers.length,
    }
  } finally {
    child.kill()
  }
}

async function measureRows(data: FloorParts['data'], version: Version): Promise<number> {
  const { classes, classifierId } = version
  const images = drawnImages()
  const row = (i: number) => {
    const bytes = images[i % images.length]!
    return {
      id: randomUUID(),
      classifierId,
      versionId: version.id,
      version: version.name,
      engine: 'onnx' as const,
      predictedClass: classes[0]!,
      predictedIndex: 0,
      confidence: 0.5,
      probabilities: Object.fromEntries(classes.map((name) => [name, 0.123456])),
      decision: 'uncertain' as const,
      candidates: classes.slice(0, 2),
      familiarity: 0.5,
      filename: 'image.png',
      width: 40,
      height: 40,
      image: { hash: createHash('sha256').update(bytes).digest('hex'), bytes, mediaType: 'image/png' },
      decodeMs: 0.05,
      queueMs: 1,
      inferenceMs: 5,
      totalMs: 10,
      createdAt: new Date(),
      isAnonymous: false,
    }
  }
  return cpuPerItem(ROWS, async () => {
    for (let from = 0; from < ROWS; from += ROWS_AT_ONCE)
      await Promise.all(
        Array.from({ length: ROWS_AT_ONCE }, (_, i) => data.predictions.record(row(from + i))),
      )
  })
}

async function liveVersion(data: FloorParts['data'], classifier: string): Promise<Version> {
  const { id } = await data.classifiers.chosen(classifier)
  const version = (await data.versions.list(id))[0]
  if (version === undefined) throw new Error(`${classifier} has no version`)
  return version
}
