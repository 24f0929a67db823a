/**
 * Artillery: installs it on demand, lists the scenarios in artillery/, and runs one of them. report.ts
 * evaluates its report.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { stripVTControlCharacters } from 'node:util'
import { ROOT } from '#lib/processes/settings.ts'
import { artilleryReport, lockFile } from '#lib/contracts/developer-files.ts'
import type { LoadPage } from './page.ts'
import { figuresOf } from './report.ts'

/** Their files in artillery/; `visitors` is a mix of the others. */
export const SCENARIOS: Readonly<Record<string, { readonly file: string; readonly is: string }>> = {
  mix: { file: 'visitors.yml', is: 'four predictions, then a page, repeated' },
  browse: { file: 'tasks.yml', is: 'pages, statistics, health and metrics' },
  predict: { file: 'tasks.yml', is: 'single images' },
  batch: { file: 'tasks.yml', is: 'eight images in one request' },
  upload: { file: 'tasks.yml', is: 'four labelled images in one request' },
  login: { file: 'tasks.yml', is: 'logging in' },
  retrain: { file: 'tasks.yml', is: 'one user starts a training run, the others follow it' },
}

export const FOLDER = path.join(ROOT, 'artillery')

/** Installed on first use, and again when its lock file names another version. */
export async function hasArtillery(): Promise<boolean> {
  const versionIn = (file: string, place: string): string | undefined =>
    existsSync(file)
      ? lockFile.parse(JSON.parse(readFileSync(file, 'utf8'))).packages[place]?.version
      : undefined
  const place = 'node_modules/artillery'
  const expected = versionIn(path.join(FOLDER, 'package-lock.json'), place)
  if (
    expected !== undefined &&
    versionIn(path.join(FOLDER, 'node_modules/.package-lock.json'), place) === expected
  )
    return true
  console.log(`Installing Artillery ${expected} into artillery/node_modules (about 470 MB, once) …`)
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? { program: process.execPath, args: [process.env.npm_execpath] }
    : { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
  const child = spawn(npm.program, [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: npm.program === 'npm.cmd',
    env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
  })
  const code = await ended(child)
  if (code !== 0)
    console.error(
      `Artillery could not be installed: npm ci ended with code ${code}. Check that the npm ` +
        'registry is reachable, then try again.',
    )
  return code === 0
}

export type Owner = { readonly email: string; readonly password: string }
type Ramp = {
  readonly scenario: string
  readonly users: string
  readonly seconds: number
  readonly target: string
  readonly key: string | undefined
  readonly owner: Owner
  readonly passing: (line: string) => void
}

export async function run({
  scenario,
  users,
  seconds,
  target,
  key,
  owner,
  passing,
}: Ramp): Promise<LoadPage['ramps'][number]> {
  const { file } = SCENARIOS[scenario]!
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-load-'))
  const output = path.join(folder, 'report.json')
  const began = performance.now()
  const show = (): void =>
    passing(
      `${scenario}, ${users} users: ${Math.round((performance.now() - began) / 1000)} s of about ${seconds} s`,
    )
  const timer = setInterval(show, 1_000)
  try {
    const child = spawn(
      process.execPath,
      [
        path.join(FOLDER, 'node_modules/artillery/bin/run'),
        'run',
        '--environment',
        users,
        '--target',
        target,
        '--variables',
        JSON.stringify({ seconds: [seconds] }),
        '--output',
        output,
        ...(scenario === 'mix' ? [] : ['--scenario-name', scenario]),
        path.join(FOLDER, file),
      ],
      {
        cwd: FOLDER,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          ARTILLERY_DISABLE_TELEMETRY: 'true',
          DARKROOM_EMAIL: owner.email,
          DARKROOM_PASSWORD: owner.password,
          ...(key && { DARKROOM_KEY: key }),
        },
      },
    )
    const missed: string[] = []
    const text: string[] = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (coloured) => {
        const line = stripVTControlCharacters(coloured)
        text.push(line)
        if (line.startsWith('fail: ')) missed.push(line.slice('fail: '.length))
      })
    }
    const code = await ended(child)
    if (!existsSync(output) || (code !== 0 && missed.length === 0))
      throw new Error(`Artillery ended with code ${code}:\n${text.slice(-30).join('\n')}`)
    const report = artilleryReport.parse(JSON.parse(readFileSync(output, 'utf8')))
    return { figures: figuresOf(report, { scenario, users: Number(users), missed }), report }
  } finally {
    clearInterval(timer)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The exit code of the process; a signal counts as a failure. */
const ended = (child: ReturnType<typeof spawn>): Promise<number> =>
  new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1))
  })
