/**
 * `npm run bench -- forecast`: forecasts ten small training runs, executes them, and compares the times.
 * The images are drawn by code; the results are deleted.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { card as cardSchema } from '#lib/contracts/bundle.ts'
import { drawShape, SHAPES } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { forkTrainingWith } from '#lib/processes/forks/fork-training.ts'
import { readStart } from '#lib/processes/settings.ts'
import { purposeOf } from '#lib/training/job/engine-purpose.ts'
import { followRun } from '#lib/training/job/follow.ts'
import { createLines } from '../terminal/progress-line.ts'
import { forecastOf } from '../train/forecast.ts'
import { prepareRun } from '../train/plan.ts'

/** Different recipes, sizes and lengths; so short that none stops early. */
const TRIALS = [
  { recipe: 'head', classes: 2, each: 30, epochs: 10 },
  { recipe: 'head', classes: 3, each: 60, epochs: 10 },
  { recipe: 'head', classes: 6, each: 60, epochs: 10 },
  { recipe: 'scratch-small', classes: 2, each: 30, epochs: 6 },
  { recipe: 'scratch-small', classes: 3, each: 60, epochs: 3 },
  { recipe: 'scratch-small', classes: 6, each: 60, epochs: 2 },
  { recipe: 'scratch-small', classes: 6, each: 100, epochs: 1 },
  { recipe: 'scratch-photo', classes: 2, each: 60, epochs: 3 },
  { recipe: 'scratch-photo', classes: 3, each: 80, epochs: 2 },
  { recipe: 'scratch-digits', classes: 4, each: 50, epochs: 2 },
] as const

const HELP = `npm run bench -- forecast [options]

Forecasts and then runs ${TRIALS.length} small training runs. Wall-clock time varies when other programs run;
CPU-seconds vary less.

  --only LIST      which of them, by number from 1 (default: all)
  --engine NAME    onnx, tfjs-node, wasm (default: TRAINING_ENGINE, else the fastest available)
  --json           one JSON object per run instead of the table
  --help           show this help`

const CLOCK_TICKS = 100 // clock ticks of /proc per second
const LOOK_MS = 200

export async function benchForecast(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      engine: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const requested = values.only?.split(',').map(Number) ?? TRIALS.map((_, i) => i + 1)
  if (!requested.every((number) => Number.isInteger(number) && TRIALS[number - 1])) {
    console.error(`--only accepts numbers from 1 to ${TRIALS.length}.`)
    return 1
  }
  const notes = createLines(process.stderr)
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-forecast-'))
  try {
    const rows = []
    for (const number of requested) {
      notes.passing(`training run ${number} of ${TRIALS.length}`)
      rows.push(await rowOf(number, folder, values.engine))
      if (values.json) console.log(JSON.stringify(rows.at(-1)))
    }
    if (!values.json) createLines().line(table(rows))
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function rowOf(number: number, folder: string, engine: string | undefined) {
  const trial = TRIALS[number - 1]!
  const place = path.join(folder, String(number))
  drawInto(path.join(place, 'images'), trial)
  const real = readStart()
  const start = { ...real, places: { ...real.places, dataDir: path.join(place, 'data') } }
  mkdirSync(start.places.dataDir, { recursive: true })
  const request = {
    name: 'forecast',
    from: path.join(place, 'images'),
    recipe: trial.recipe,
    epochs: String(trial.epochs),
    out: path.join(place, 'version', 'v1'),
    engine,
    resume: false,
    plan: true,
    ship: false,
  }
  const response = await forecastOf(await prepareRun(request, start))
  const truth = await done(await prepareRun({ ...request, plan: false }, start))
  const card = cardSchema.parse(JSON.parse(readFileSync(path.join(request.out, 'card.json'), 'utf8')))
  return {
    number,
    ...trial,
    pictures: trial.classes * trial.each,
    load: rounded(loadavg()[0]!),
    forecast_s: rounded(response.seconds),
    took_s: rounded(truth.seconds),
    off: rounded(response.seconds / truth.seconds - 1),
    forecast_cpu_s: rounded(response.cpuSeconds),
    took_cpu_s: rounded(truth.cpuSeconds),
    off_cpu: rounded(response.cpuSeconds / truth.cpuSeconds - 1),
    forecast_mb: Math.round(response.memoryMb),
    took_mb: card.peak_memory_mb,
    off_mb: rounded(response.memoryMb / card.peak_memory_mb - 1),
  }
}

async function done({
  folder,
  plan,
}: Awaited<ReturnType<typeof prepareRun>>): Promise<{ seconds: number; cpuSeconds: number }> {
  const began = performance.now()
  const child = forkTrainingWith((line) => console.error(line))(plan.engine, purposeOf(plan.recipe))
  let cpuSeconds = 0
  const looking = setInterval(() => {
    cpuSeconds = Math.max(cpuSeconds, cpuOf(child.pid))
  }, LOOK_MS)
  const end = await followRun({
    child,
    folder,
    resume: false,
    onReady: () => undefined,
    onMessage: () => {
      cpuSeconds = Math.max(cpuSeconds, cpuOf(child.pid))
    },
    signal: new AbortController().signal,
  })
  clearInterval(looking)
  if (end.kind !== 'sealed') throw new Error(`the training run ended as ${end.kind}`)
  return { seconds: (performance.now() - began) / 1000, cpuSeconds }
}

/** CPU time in ticks from the kernel; 0 without /proc, or after the process has ended. */
function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS // utime and stime, proc(5)
  } catch {
    return 0
  }
}

function drawInto(folder: string, { classes, each }: { classes: number; each: number }): void {
  for (const shape of SHAPES.slice(0, classes)) {
    mkdirSync(path.join(folder, shape), { recursive: true })
    for (let i = 0; i < each; i++)
      writeFileSync(path.join(folder, shape, `${i}.png`), encodePng(drawShape(shape, 30_000 + i)))
  }
}

const rounded = (value: number): number => Number(value.toFixed(2))

function table(rows: readonly Awaited<ReturnType<typeof rowOf>>[]): string {
  const percent = (share: number): string => `${share > 0 ? '+' : ''}${Math.round(share * 100)} %`
  return [
    '| recipe | images | epochs | forecast s | actual s | error | forecast CPU-s | actual | error ' +
      '| forecast MB | actual | error |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map(
      (row) =>
        `| ${row.recipe} | ${row.pictures} | ${row.epochs} | ${row.forecast_s} | ${row.took_s} | ` +
        `${percent(row.off)} | ${row.forecast_cpu_s} | ${row.took_cpu_s} | ${percent(row.off_cpu)} | ` +
        `${row.forecast_mb} | ${row.took_mb} | ${percent(row.off_mb)} |`,
    ),
  ].join('\n')
}
