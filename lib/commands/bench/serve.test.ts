import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { startOtherServer } from './other-server.ts'
import { cpuMsOf, familyCpu, familyMemoryMb } from './process-figures.ts'
import { floorRate, floorRateAlone } from './serve-floor.ts'
import { serveTable, type ServeRow } from './serve-table.ts'

const FLOOR = {
  decode: 30,
  inference: 400,
  bestBatch: 32,
  inferenceAlone: 900,
  http: 30,
  client: 20,
  row: 20,
}
const ROW: ServeRow = {
  server: 'Darkroom',
  precision: 'float32',
  isHistoryOn: true,
  connections: 50,
  requestsPerSecond: 3_000,
  ratioToFloor: 0.75,
  p50Ms: 16,
  p99Ms: 40.04,
  failures: 0,
  meanBatch: 21.5,
  cpuMs: { predict: 0.61, web: 0.001 },
  memoryMb: 430,
}

test('the floor is all cores divided by the parts; for one connection, one core and a batch of one', () => {
  expect(floorRate(FLOOR, true)).toBeCloseTo((availableParallelism() * 1e6) / 500)
  expect(floorRate(FLOOR, false)).toBeCloseTo((availableParallelism() * 1e6) / 480)
  expect(floorRateAlone(FLOOR, true)).toBeCloseTo(1_000)
})

test('the table has the floor of each precision and one line per load', () => {
  const lines = serveTable({ floors: { float32: FLOOR }, rows: [ROW] }).split('\n')

  expect(lines).toContainEqual(
    expect.stringMatching(/^\| float32 \| 30 \| 400 \(32\) \| 900 \| 30 \| 20 \| 20 \|/),
  )
  expect(lines.at(-1)).toBe(
    '| Darkroom | float32 | on | 50 | 3,000 | 0.75 | 16.0, 40.0 | 0 | 21.5 | predict 0.61 | 430 |',
  )
})

test('another server is started, measured with what it starts, and ended', async () => {
  const code = `require('http').createServer((q, s) => s.end('ok')).listen(Number(process.argv[1]), '127.0.0.1')`
  const port = 20_000 + (process.pid % 10_000)
  const url = `http://127.0.0.1:${port}/predict`
  {
    await using server = await startOtherServer({
      command: `"${process.execPath}" -e "${code}" ${port}`,
      url,
    })
    expect(familyMemoryMb(server.pid)).toBeGreaterThan(10)
    expect(Object.keys(familyCpu(server.pid))).toContain('node')
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('a server that ends at once is reported with its command', async () => {
  await expect(startOtherServer({ command: 'exit 3', url: 'http://127.0.0.1:9/' })).rejects.toThrow(
    '"exit 3" does not answer at http://127.0.0.1:9',
  )
})

test('the CPU time of a process grows while it computes', () => {
  const before = cpuMsOf(process.pid)
  const until = performance.now() + 100
  while (performance.now() < until);
  expect(cpuMsOf(process.pid)).toBeGreaterThan(before)
})
