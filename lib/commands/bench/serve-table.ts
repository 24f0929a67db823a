/** The figures of `npm run bench -- serve` as Markdown. */
import { availableParallelism } from 'node:os'
import type { InferencePrecision } from '#lib/contracts/precision.ts'
import { floorRate, type Floor } from './serve-floor.ts'
import type { LoadFigures } from './serve-load.ts'

export type ServeRow = LoadFigures & {
  readonly server: string
  readonly precision: InferencePrecision | null
  readonly isHistoryOn: boolean | null
  /** Of the floor with the same parts; null for the other server. */
  readonly ratioToFloor: number | null
}
export type ServeFigures = {
  readonly floors: Readonly<Partial<Record<InferencePrecision, Floor>>>
  readonly rows: readonly ServeRow[]
}

export const serveTable = ({ floors, rows }: ServeFigures): string =>
  [...floorLines(floors), '', ...rowLines(rows)].join('\n')

function floorLines(floors: ServeFigures['floors']): readonly string[] {
  const all = Object.entries(floors) as [InferencePrecision, Floor][]
  return [
    `The floor, µs of CPU per prediction with all cores busy, and predictions/s of ${availableParallelism()} cores:`,
    '',
    '| precision | decoding | inference (batch) | inference alone | HTTP | client | row | /s with history | without |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...all.map(([precision, floor]) =>
      cells([
        precision,
        micro(floor.decode),
        `${micro(floor.inference)} (${micro(floor.bestBatch)})`,
        micro(floor.inferenceAlone),
        micro(floor.http),
        micro(floor.client),
        micro(floor.row),
        count(floorRate(floor, true)),
        count(floorRate(floor, false)),
      ]),
    ),
  ]
}

function rowLines(rows: readonly ServeRow[]): readonly string[] {
  return [
    '| server | precision | history | connections | requests/s | of the floor | p50, p99 ms | failures | batch | ' +
      'CPU ms per request | memory (PSS) MB |',
    '|---|---|---|--:|--:|--:|--:|--:|--:|---|--:|',
    ...rows.map((row) =>
      cells([
        row.server,
        row.precision ?? '',
        historyOf(row),
        String(row.connections),
        count(row.requestsPerSecond),
        row.ratioToFloor === null ? '' : row.ratioToFloor.toFixed(2),
        `${row.p50Ms.toFixed(1)}, ${row.p99Ms.toFixed(1)}`,
        String(row.failures),
        row.meanBatch === null ? '' : row.meanBatch.toFixed(1),
        cpuOf(row),
        String(row.memoryMb),
      ]),
    ),
  ]
}

function historyOf({ isHistoryOn }: ServeRow): string {
  if (isHistoryOn === null) return ''
  return isHistoryOn ? 'on' : 'off'
}

/** Those of a hundredth of a millisecond or more, largest first. */
const cpuOf = ({ cpuMs }: ServeRow): string =>
  Object.entries(cpuMs)
    .filter(([, ms]) => ms >= 0.01)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, ms]) => `${name} ${ms.toFixed(2)}`)
    .join(', ')

const cells = (values: readonly string[]): string => `| ${values.join(' | ')} |`
const micro = (value: number): string => value.toFixed(0)
const count = (value: number): string => Math.round(value).toLocaleString('en')
