/**
 * `npm run load`: simulated visitors who predict and read pages, by Artillery, against its own product or a
 * running one; thresholds decide. artillery/ defines what visitors do; `npm run bench` measures the maximum
 * speed of the product.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { health } from '#lib/contracts/operations.ts'
import { messageOf } from '#lib/domain/errors.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { VERSION } from '#lib/processes/settings.ts'
import { startThrowawayProduct, type ThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { FOLDER, hasArtillery, run, SCENARIOS, type Owner } from './load/artillery.ts'
import { pageOf, type LoadPage } from './load/page.ts'
import { lineOf, markdownOf } from './load/report.ts'
import { createOwnKey } from './load/own-product-key.ts'
import { createLines } from './terminal/progress-line.ts'
import { machineName } from './terminal/machine-name.ts'

/**
 * How long each number of users lasts: as in the plans of the earlier projects. `--short` is for a machine
 * that tests every change.
 */
const RAMPS: Readonly<Record<string, number>> = { 10: 120, 40: 120, 50: 300, 100: 300, 200: 180 }
const SHORT_SECONDS = 10
const SHORT_USERS = ['10', '40']

const WARM_UP_SECONDS = 5

const OWNER = { name: 'Load test', email: 'load@example.org', password: 'a password for a load test' }

const HELP = `npm run load [-- options]

Simulates 10, 40, 50, 100 and 200 concurrent users for one task or a mix, and fails if a request
fails or a threshold is missed (artillery/*.yml). Starts a separate instance on a free port with an
empty data folder, warms it up, and stops it at the end. Writes the report as Markdown, as an HTML
page with charts, and as JSON from Artillery, in the same folder. The first run installs Artillery
into artillery/node_modules (about 470 MB).

  --scenario NAME  what users do (default: mix; repeatable; or all):
${Object.entries(SCENARIOS)
  .map(([name, { is }]) => `                     ${name.padEnd(9)}${is}`)
  .join('\n')}
  --users N        number of users: ${Object.keys(RAMPS).join(', ')} (default: all of them; repeatable)
  --seconds N      duration of each run (default: ${Object.entries(RAMPS)
    .map(([users, seconds]) => `${users} users ${seconds} s`)
    .join(', ')})
  --short          ${SHORT_SECONDS} s each with ${SHORT_USERS.join(' and ')} users, for continuous integration
  --warm-up N      seconds of uncounted requests before the first run (default: ${WARM_UP_SECONDS})
  --against URL    tests a running instance instead; it must have the classifier shapes
  --key KEY        API key for all requests; needed with --against for upload and retrain, and to
                   avoid anonymous rate limits
  --report FILE    path of the Markdown report (default: artillery/reports/<time>.md); the other formats go next to it
  --help           show this help

With --against, the scenario login uses the credentials in DARKROOM_EMAIL and DARKROOM_PASSWORD.`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', multiple: true },
      users: { type: 'string', multiple: true },
      seconds: { type: 'string' },
      short: { type: 'boolean', default: false },
      'warm-up': { type: 'string', default: String(WARM_UP_SECONDS) },
      against: { type: 'string' },
      key: { type: 'string' },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const users = values.users ?? (values.short ? SHORT_USERS : Object.keys(RAMPS))
  const scenarios = values.scenario?.includes('all') ? Object.keys(SCENARIOS) : (values.scenario ?? ['mix'])
  const seconds = values.seconds ?? (values.short ? String(SHORT_SECONDS) : undefined)
  const mistake = mistakeIn({ users, scenarios, seconds, against: values.against, warmUp: values['warm-up'] })
  if (mistake) {
    console.error(mistake)
    return 1
  }
  if (!(await hasArtillery())) return 1
  const at = new Date()
  const lines = createLines()
  await using own = values.against === undefined ? await startThrowawayProduct() : null
  const url = own?.url ?? values.against!.replace(/\/$/, '')
  // All users come from this one address, whose limit is meant for one user.
  const key = own
    ? await createOwnKey(own.dataDir, { name: 'npm run load', scopes: ['user', 'upload', 'train'] })
    : values.key
  const owner = own
    ? await createOwner(own)
    : { email: process.env.DARKROOM_EMAIL ?? '', password: process.env.DARKROOM_PASSWORD ?? '' }
  if (own && scenarios.includes('retrain')) await uploadForTraining(url, key!)
  const engine = await engineOf(url)
  lines.line(`Target: ${url}, engine ${engine}.`)
  await warmUp({ url, key, seconds: Number(values['warm-up']) })

  const ramps: LoadPage['ramps'][number][] = []
  for (const scenario of scenarios) {
    for (const one of users) {
      const ramp = await run({
        scenario,
        users: one,
        seconds: Number(seconds ?? RAMPS[one]),
        target: url,
        key,
        owner,
        passing: lines.passing,
      })
      lines.line(lineOf(ramp.figures))
      ramps.push(ramp)
    }
  }
  const file = path.resolve(
    values.report ?? path.join(FOLDER, 'reports', `${at.toISOString().slice(0, 19).replaceAll(':', '-')}.md`),
  )
  const where = values.against ? `, at ${url}` : ''
  const product = `Darkroom ${VERSION}, engine ${engine}, Node ${process.version}${where}.`
  writeReports(file, { at, machine: machine(), product, ramps })
  lines.line(`Report: ${file} and ${file.replace(/\.md$/, '')}.html`)
  return ramps.every(({ figures }) => figures.missed.length === 0) ? 0 : 1
}

function writeReports(file: string, page: LoadPage): void {
  const { at, machine, product, ramps } = page
  const stem = file.replace(/\.md$/, '')
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(
    file,
    markdownOf(
      ramps.map(({ figures }) => figures),
      { at, machine, product },
    ),
  )
  writeFileSync(`${stem}.json`, JSON.stringify(page))
  writeFileSync(`${stem}.html`, pageOf(page))
}

type LoadOptions = {
  readonly users: readonly string[]
  readonly scenarios: readonly string[]
  readonly seconds: string | undefined
  readonly against: string | undefined
  readonly warmUp: string
}

function mistakeIn({ users, scenarios, seconds, against, warmUp: warm }: LoadOptions): string | null {
  const unknownUsers = users.find((one) => !(one in RAMPS))
  if (unknownUsers !== undefined)
    return `--users cannot be ${unknownUsers}. Choose from ${Object.keys(RAMPS).join(', ')}.`
  const unknown = scenarios.find((one) => !Object.hasOwn(SCENARIOS, one))
  if (unknown !== undefined)
    return `Unknown scenario "${unknown}". Available scenarios: ${Object.keys(SCENARIOS).join(', ')}, all.`
  if (seconds !== undefined && !(Number.isInteger(Number(seconds)) && Number(seconds) > 0))
    return `--seconds must be a whole number above 0, not ${seconds}.`
  if (!(Number(warm) >= 0)) return `--warm-up must be a number of seconds, not ${warm}.`
  if (against !== undefined && !URL.canParse(against))
    return `--against must be a URL such as http://127.0.0.1:3000, not ${against}.`
  return null
}

/** The first requests of a process compile the code they run, so they are not counted. */
async function warmUp({
  url,
  key,
  seconds,
}: {
  readonly url: string
  readonly key: string | undefined
  readonly seconds: number
}): Promise<void> {
  const until = performance.now() + seconds * 1000
  const headers = {
    'content-type': 'image/png',
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  }
  for (let seed = 0; performance.now() < until; seed++) {
    await fetch(`${url}/api/predict?classifier=shapes`, {
      method: 'POST',
      headers,
      body: new Uint8Array(drawn(seed)),
    }).then((answer) => answer.arrayBuffer())
    for (const page of seed % 20 === 0
      ? ['/', '/predict', '/api/statistics', '/api/health', '/api/metrics']
      : [])
      await fetch(url + page).then((answer) => answer.arrayBuffer())
  }
}

const drawn = (seed: number): Uint8Array => encodePng(drawShape(SHAPES[seed % SHAPES.length]!, seed))

/** Its first administrator, with the one-time token of its folder. */
async function createOwner({ url, dataDir }: ThrowawayProduct): Promise<Owner> {
  const token = readFileSync(path.join(dataDir, 'setup-token'), 'utf8').trim()
  const answer = await fetch(`${url}/api/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ ...OWNER, token }),
  })
  if (!answer.ok)
    throw new Error(
      `No administrator could be created for the load test: ${answer.status} ${await answer.text()}`,
    )
  return OWNER
}

/** Without images of its own there is nothing to train on. */
async function uploadForTraining(url: string, key: string): Promise<void> {
  const form = new FormData()
  for (let seed = 0; seed < 20 * SHAPES.length; seed++) {
    form.append('files', new Blob([new Uint8Array(drawn(90_000 * SHAPES.length + seed))]), `${seed}.png`)
    form.append('labels', SHAPES[seed % SHAPES.length]!)
  }
  const answer = await fetch(`${url}/api/upload?classifier=shapes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  })
  if (!answer.ok)
    throw new Error(`No images could be uploaded for the load test: ${answer.status} ${await answer.text()}`)
}

async function engineOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/health`).catch((error: unknown) => {
    throw new Error(`${url} does not respond: ${messageOf(error)}. Check that Darkroom is running there.`)
  })
  if (!answer.ok) throw new Error(`${url} is not ready: ${(await answer.text()).slice(0, 500)}`)
  const { engine } = health.output.pick({ engine: true }).parse(await answer.json())
  return engine ?? 'none'
}

const machine = (): string => `${machineName()}, ${(totalmem() / 1024 ** 3).toFixed(0)} GB`

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
