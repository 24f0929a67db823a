/**
 * `npm run bench -- serve`: how many predictions per second the product serves on this machine, how long they take
 * and what they cost, compared with what the same work costs at least, and with another server if one is named. The
 * load generator runs on the same machine, so it uses part of the cores.
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { PRECISIONS, type InferencePrecision } from '#lib/contracts/precision.ts'
import { wallClock } from '#lib/processes/clock.ts'
import { readStart } from '#lib/processes/settings.ts'
import { startThrowawayProduct } from '#lib/processes/throwaway/throwaway-product.ts'
import { openData } from '#lib/queries/open-data.ts'
import { machineName } from '../terminal/machine-name.ts'
import { createLines, type Lines } from '../terminal/progress-line.ts'
import { startOtherServer } from './other-server.ts'
import { floorRate, floorRateAlone, measureFloor, type Floor } from './serve-floor.ts'
import { measureLoad, type MeasuredServer } from './serve-load.ts'
import { serveTable, type ServeFigures, type ServeRow } from './serve-table.ts'

const HELP = `npm run bench -- serve [options]

Posts generated images (PNG of 40 pixels, as files of a form) to a separate instance without rate limits, with and
without history. It first measures what the parts of a prediction cost alone: the floor. Linux only.

  --connections LIST  numbers of concurrent connections (default: 1,10,50,200)
  --seconds N         duration of each load (default: 5)
  --rounds N          how often all loads are repeated, alternately with the other server (default: 1)
  --classifier NAME   the classifier to query (default: cifar10)
  --precision LIST    float32, int8 or both (default: both, where the version can serve both)
  --history LIST      on, off or both (default: both)
  --against COMMAND   starts another server with this command and measures it in the same rounds …
  --url URL           … by posting the same forms here, once it answers there
  --json              one JSON object at the end instead of the tables
  --help              show this help

Settings such as PREDICT_PROCESSES, DOOR or PREDICTION_CACHE_MB (0 here) apply to the instance that is measured.
Exits with 1 if a request failed.`

const BOTH = 'both'

type ServeOptions = {
  readonly connections: readonly number[]
  readonly seconds: number
  readonly rounds: number
  readonly classifier: string
  readonly precisions: readonly InferencePrecision[]
  readonly histories: readonly boolean[]
  readonly other: { readonly command: string; readonly url: string } | null
}

export async function benchServe(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      connections: { type: 'string', default: '1,10,50,200' },
      seconds: { type: 'string', default: '5' },
      rounds: { type: 'string', default: '1' },
      classifier: { type: 'string', default: 'cifar10' },
      precision: { type: 'string', default: BOTH },
      history: { type: 'string', default: BOTH },
      against: { type: 'string' },
      url: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const options = optionsOf(values)
  if (typeof options === 'string') {
    console.error(options)
    return 1
  }
  const lines = createLines(values.json ? process.stderr : process.stdout)
  const figures = await measureServing(options, lines)
  const machine = machineName()
  if (values.json) console.log(JSON.stringify({ machine, seconds: options.seconds, ...figures }, null, 1))
  else lines.line([machine, '', serveTable(figures)].join('\n'))
  return figures.rows.some(({ failures }) => failures > 0) ? 1 : 0
}

/** A string: what is wrong with them. */
function optionsOf(values: {
  readonly connections: string
  readonly seconds: string
  readonly rounds: string
  readonly classifier: string
  readonly precision: string
  readonly history: string
  readonly against?: string
  readonly url?: string
}): ServeOptions | string {
  const connections = values.connections.split(',').map(Number)
  const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)]
  if (![...connections, seconds, rounds].every((value) => Number.isInteger(value) && value > 0))
    return '--connections, --seconds and --rounds must be positive integers.'
  const precisions = PRECISIONS.filter((name) =>
    [BOTH, name].some((choice) => values.precision.split(',').includes(choice)),
  )
  if (precisions.length === 0) return `--precision must be ${PRECISIONS.join(', ')} or ${BOTH}.`
  const histories = [true, false].filter((isOn) =>
    [BOTH, isOn ? 'on' : 'off'].some((choice) => values.history.split(',').includes(choice)),
  )
  if (histories.length === 0) return `--history must be on, off or ${BOTH}.`
  if ((values.against === undefined) !== (values.url === undefined))
    return '--against and --url belong together.'
  const other =
    values.against === undefined || values.url === undefined
      ? null
      : { command: values.against, url: values.url }
  return { connections, seconds, rounds, classifier: values.classifier, precisions, histories, other }
}

async function measureServing(options: ServeOptions, lines: Lines): Promise<ServeFigures> {
  const floors: Partial<Record<InferencePrecision, Floor>> = {}
  const rows: ServeRow[] = []
  lines.passing('starting the other server')
  await using other = options.other && (await startOtherServer(options.other))
  for (const precision of options.precisions) {
    await using product = await startThrowawayProduct({
      PREDICTION_CACHE_MB: process.env['PREDICTION_CACHE_MB'] ?? '0',
      PRECISION: precision,
      DEFAULT_CLASSIFIER: options.classifier,
      RATE_LIMIT_ENABLED: 'false',
      OPEN_ACTIONS: 'true',
    })
    lines.passing(`the floor of ${precision}`)
    const floor = await floorOn(product.dataDir, options.classifier, precision)
    if (floor === null) continue // the version does not serve this precision
    floors[precision] = floor
    for (let round = 1; round <= options.rounds; round++) {
      for (const isHistoryOn of options.histories) {
        const server: MeasuredServer = {
          pid: product.pid,
          url: `${product.url}/api/predict?classifier=${options.classifier}${isHistoryOn ? '' : '&save=false'}`,
          metricsUrl: `${product.url}/api/metrics`,
        }
        for (const figures of await measureLoad(server, options, lines))
          rows.push({
            server: 'Darkroom',
            precision,
            isHistoryOn,
            ...figures,
            ratioToFloor:
              figures.requestsPerSecond /
              (figures.connections === 1 ? floorRateAlone : floorRate)(floor, isHistoryOn),
          })
      }
      if (other)
        for (const figures of await measureLoad(other, options, lines))
          rows.push({ server: 'other', precision: null, isHistoryOn: null, ...figures, ratioToFloor: null })
    }
  }
  return { floors, rows }
}

async function floorOn(
  dataDir: string,
  classifier: string,
  precision: InferencePrecision,
): Promise<Floor | null> {
  const data = await openData({
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: readStart().places.modelsDir,
    clock: wallClock,
  })
  try {
    return await measureFloor({ data, classifier, precision })
  } finally {
    await data.close()
  }
}
