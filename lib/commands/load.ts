/** `npm run load`: visitors that ask and look around, by Artillery, against a product of its own or one that runs; thresholds decide.
 *  What visitors do stands in artillery/; how fast the product can be at all, `npm run bench` tells. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { ROOT, VERSION } from '#lib/processes/settings.ts'
import { figuresOf, lineOf, markdownOf, type ArtilleryReport, type RampFigures } from './load-report.ts'
import { createOwnKey } from './own-product-key.ts'
import { startOwnProduct } from './own-product.ts'
import { createLines } from './passing-line.ts'

/** The ramps of artillery/visitors.yml, and how long each lasts unless --seconds says otherwise. */
const RAMPS: Readonly<Record<string, number>> = { 10: 30, 50: 60, 100: 60, 200: 180 }
const FOLDER = path.join(ROOT, 'artillery')

const HELP = `npm run load [-- options]

Lets 10, 50, 100 and 200 visitors at a time ask for predictions and look at pages, and fails when a threshold is missed
(artillery/visitors.yml). It starts a product of its own on a free port with an empty data folder, and ends it.
The first time it installs Artillery into artillery/node_modules (about 470 MB).

  --users N        only this ramp: ${Object.keys(RAMPS).join(', ')} (may be given several times)
  --seconds N      how long each ramp lasts (default: ${Object.entries(RAMPS).map(([users, seconds]) => `${users} users ${seconds} s`).join(', ')})
  --against URL    a running product instead: it must have the classifier shapes
  --key KEY        an API key that visitors send: with --against, a product limits strangers to 100 predictions a second
  --report FILE    where the Markdown report goes (default: artillery/reports/<time>.md)
  --help           this page`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      users: { type: 'string', multiple: true }, seconds: { type: 'string' }, against: { type: 'string' }, key: { type: 'string' }, report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const users = values.users ?? Object.keys(RAMPS)
  const mistake = mistakeIn(users, values.seconds, values.against)
  if (mistake) {
    console.error(mistake)
    return 1
  }
  if (!(await hasArtillery())) return 1
  const at = new Date()
  const lines = createLines()
  await using own = values.against === undefined ? await startOwnProduct() : null
  const url = own?.url ?? values.against!.replace(/\/$/, '')
  // All visitors come from this one address, and its limit is for one household.
  const key = own ? await createOwnKey(own.dataDir, { name: 'npm run load', scopes: ['predict'] }) : values.key
  const engine = await engineOf(url)
  lines.line(`Visitors ask ${url}, which answers by the engine ${engine}.`)

  const ramps: RampFigures[] = []
  for (const one of users) {
    const ramp = await run({ users: one, seconds: Number(values.seconds ?? RAMPS[one]), target: url, key, passing: lines.passing })
    lines.line(lineOf(ramp))
    ramps.push(ramp)
  }
  const report = path.resolve(values.report ?? path.join(FOLDER, 'reports', `${at.toISOString().slice(0, 19).replaceAll(':', '-')}.md`))
  mkdirSync(path.dirname(report), { recursive: true })
  writeFileSync(report, markdownOf(ramps, { at, machine: machine(), product: `Darkroom ${VERSION}, engine ${engine}, Node ${process.version}${values.against ? `, at ${url}` : ''}.` }))
  lines.line(`Report: ${report}`)
  return ramps.every(({ missed }) => missed.length === 0) ? 0 : 1
}

function mistakeIn(users: readonly string[], seconds: string | undefined, against: string | undefined): string | null {
  const unknown = users.find((one) => !(one in RAMPS))
  if (unknown !== undefined) return `There is no ramp of ${unknown} users. There are: ${Object.keys(RAMPS).join(', ')}.`
  if (seconds !== undefined && !(Number.isInteger(Number(seconds)) && Number(seconds) > 0)) return `--seconds ${seconds}: give a whole number above 0.`
  if (against !== undefined && !URL.canParse(against)) return `--against ${against}: give an address such as http://127.0.0.1:3000.`
  return null
}

/** Installed when it is asked for, and again when its lock file names another version. */
async function hasArtillery(): Promise<boolean> {
  const versionIn = (file: string, place: string): string | undefined =>
    existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { version?: string }> }).packages[place]?.version : undefined
  const place = 'node_modules/artillery'
  const wanted = versionIn(path.join(FOLDER, 'package-lock.json'), place)
  if (wanted !== undefined && versionIn(path.join(FOLDER, 'node_modules/.package-lock.json'), place) === wanted) return true
  console.log(`Installing Artillery ${wanted} into artillery/node_modules (about 470 MB, once) …`)
  const npm = process.env.npm_execpath?.endsWith('.js') ? { program: process.execPath, args: [process.env.npm_execpath] } : { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
  const child = spawn(npm.program, [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER, stdio: ['ignore', 'inherit', 'inherit'], shell: npm.program === 'npm.cmd', env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  })
  const code = await ended(child)
  if (code !== 0) console.error(`Artillery could not be installed: npm ci ended with code ${code}. Is the npm registry reachable? Then ask again.`)
  return code === 0
}

type Ramp = { readonly users: string; readonly seconds: number; readonly target: string; readonly key: string | undefined; readonly passing: (line: string) => void }

async function run({ users, seconds, target, key, passing }: Ramp): Promise<RampFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-load-'))
  const output = path.join(folder, 'report.json')
  const began = performance.now()
  const show = (): void => passing(`${users} users: ${Math.round((performance.now() - began) / 1000)} s of about ${seconds} s`)
  const timer = setInterval(show, 1_000)
  try {
    const child = spawn(process.execPath, [
      path.join(FOLDER, 'node_modules/artillery/bin/run'), 'run', '--environment', users, '--target', target,
      '--variables', JSON.stringify({ seconds: [seconds] }), '--output', output, path.join(FOLDER, 'visitors.yml'),
    ], { cwd: FOLDER, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true', ...(key && { DARKROOM_KEY: key }) } })
    const missed: string[] = []
    const said: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (coloured) => {
        const line = stripVTControlCharacters(coloured)
        said.push(line)
        if (line.startsWith('fail: ')) missed.push(line.slice('fail: '.length))
      })
    }
    const code = await ended(child)
    if (!existsSync(output) || (code !== 0 && missed.length === 0)) throw new Error(`Artillery ended with code ${code}:\n${said.slice(-30).join('\n')}`)
    return figuresOf(JSON.parse(readFileSync(output, 'utf8')) as ArtilleryReport, { users: Number(users), missed }) // Artillery's own file
  } finally {
    clearInterval(timer)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Its exit code; a signal counts as a failure. */
const ended = (child: ReturnType<typeof spawn>): Promise<number> =>
  new Promise((resolve, reject) => { child.once('error', reject).once('close', (code) => resolve(code ?? 1)) })

async function engineOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/health`).catch((error: unknown) => { throw new Error(`${url} does not answer: ${error instanceof Error ? error.message : String(error)}. Is Darkroom running there?`) })
  if (!answer.ok) throw new Error(`${url} is not ready: ${(await answer.text()).slice(0, 500)}`)
  const { engine } = (await answer.json()) as { engine: string | null }
  return engine ?? 'none'
}

const machine = (): string => `${cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${availableParallelism()} cores, ${(totalmem() / 1024 ** 3).toFixed(0)} GB`

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
