/**
 * `npm run bench -- rates`: whether the product exceeds the rates that the earlier projects expected for 10, 50, 100
 * and 200 users, without the ceiling of Artillery: wrk sends the requests of artillery/visitors.yml (four predictions,
 * then a page) as fast as they are answered, so that each user waits for nothing else.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { createOwnKey } from '../load/own-product-key.ts'
import { createLines } from '../terminal/progress-line.ts'
import { printRows, type FigureRow } from './figure-rows.ts'
import { drawnImages } from './load-generator.ts'

const HELP = `npm run bench -- rates [options]

Starts an instance with history and rate limits, and sends it the requests of npm run load with wrk: four of five are
predictions of generated images, the others open pages. Prints the rates next to those that the earlier projects
expected for as many users.

  --seconds N   duration for each number of users (default: 15)
  --wrk PATH    the program wrk (default: wrk)
  --json        one JSON object instead of the table
  --help        show this help

Exits with 1 if a request failed, or a rate is not exceeded. Times are those of a saturated machine: users of
npm run load pause between their requests.`

/** docs/performance.md: as expected for MNIST, not measured there. */
const EXPECTED = [
  { users: 10, perSecond: 50 },
  { users: 50, perSecond: 200 },
  { users: 100, perSecond: 350 },
  { users: 200, perSecond: 500 },
] as const
const PAGES = [
  '/',
  '/classifiers/shapes/predict',
  '/api/statistics',
  '/api/model/info?classifier=shapes',
  '/api/health',
  '/api/metrics',
]
const PREDICTIONS_PER_PAGE = 4
const WARM_UP_SECONDS = 3
const BOUNDARY = 'darkroom-rates'

/** Reads the prepared requests, sends them in turns, and prints the totals. Times are in microseconds. */
const SCRIPT = `
local requests, count, sent = {}, 0, 0
function init(args)
  count = tonumber(args[2])
  for i = 1, count do
    local file = io.open(args[1] .. "/" .. i, "rb")
    requests[i] = file:read("*a")
    file:close()
  end
end
function request()
  sent = sent % count + 1
  return requests[sent]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("\\nTOTALS %d %d %d %d %d %d\\n",
    summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
`

type Rate = {
  readonly users: number
  readonly perSecond: number
  readonly failed: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export async function benchRates(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '15' },
      wrk: { type: 'string', default: 'wrk' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const seconds = Number(values.seconds)
  if (!Number.isInteger(seconds) || seconds < 1) {
    console.error('--seconds must be a positive integer.')
    return 1
  }
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const folder = await mkdtemp(path.join(tmpdir(), 'darkroom-rates-'))
  try {
    await using product = await startThrowawayProduct()
    const key = await createOwnKey(product.dataDir, { name: 'npm run bench -- rates', scopes: ['user'] })
    const count = await writeRequests(folder, new URL(product.url).host, key)
    const load = (users: number, duration: number): Promise<Rate> =>
      runWrk(values.wrk, { url: product.url, folder, count, users, seconds: duration })
    lines.passing('warming up')
    await load(EXPECTED[0].users, WARM_UP_SECONDS)
    const rates: Rate[] = []
    for (const { users } of EXPECTED) {
      lines.passing(`${users} users for ${seconds} s`)
      rates.push(await load(users, seconds))
    }
    return printRows(rates.map(rowOf), { lines, isJson: values.json, more: { seconds, rates } })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One file for each request, in their order, and the script. @returns how many requests */
async function writeRequests(folder: string, host: string, key: string): Promise<number> {
  const common = `host: ${host}\r\nauthorization: Bearer ${key}\r\n`
  const requests: Buffer[] = []
  for (const [i, image] of drawnImages().entries()) {
    const before =
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${i}.png"\r\n` +
      'content-type: image/png\r\n\r\n'
    const body = Buffer.concat([Buffer.from(before), image, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)])
    const head =
      `POST /api/predict?classifier=shapes HTTP/1.1\r\n${common}` +
      `content-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: ${body.length}\r\n\r\n`
    requests.push(Buffer.concat([Buffer.from(head), body]))
    const pages = Math.floor(i / PREDICTIONS_PER_PAGE)
    if (i % PREDICTIONS_PER_PAGE === PREDICTIONS_PER_PAGE - 1)
      requests.push(Buffer.from(`GET ${PAGES[pages % PAGES.length]} HTTP/1.1\r\n${common}\r\n`))
  }
  await Promise.all(requests.map((bytes, i) => writeFile(path.join(folder, String(i + 1)), bytes)))
  await writeFile(path.join(folder, 'script.lua'), SCRIPT)
  return requests.length
}

async function runWrk(
  program: string,
  load: {
    readonly url: string
    readonly folder: string
    readonly count: number
    readonly users: number
    readonly seconds: number
  },
): Promise<Rate> {
  const { url, folder, count, users, seconds } = load
  const script = path.join(folder, 'script.lua')
  const options = ['-t1', `-c${users}`, `-d${seconds}s`, '--timeout', '10s', '-s', script]
  const child = spawn(program, [...options, url, '--', folder, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await new Promise<void>((resolve, reject) => {
    child.once('error', ({ message }) =>
      reject(
        new Error(`${program} cannot be started (${message}). Install wrk, or name it with --wrk PATH.`),
      ),
    )
    child.once('close', () => resolve())
  })
  const totals = /^TOTALS (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$/m.exec(output)?.slice(1).map(Number)
  if (totals === undefined) throw new Error(`wrk printed no totals: ${output}`)
  const [requests = 0, microseconds = 0, failed = 0, p50 = 0, p95 = 0, p99 = 0] = totals
  return {
    users,
    perSecond: requests / (microseconds / 1e6),
    failed,
    p50Ms: p50 / 1_000,
    p95Ms: p95 / 1_000,
    p99Ms: p99 / 1_000,
  }
}

function rowOf({ users, perSecond, failed, p50Ms, p95Ms, p99Ms }: Rate): FigureRow {
  const expected = EXPECTED.find((one) => one.users === users)!
  const times = [p50Ms, p95Ms, p99Ms].map((ms) => ms.toFixed(0))
  return {
    what: `${users} users`,
    figure:
      `${Math.round(perSecond).toLocaleString('en-GB')}/s, ` +
      `p50 ${times[0]}, p95 ${times[1]}, p99 ${times[2]} ms, ${failed} failed`,
    wanted: `> ${expected.perSecond}/s, 0 failed`,
    isMet: perSecond > expected.perSecond && failed === 0,
  }
}
