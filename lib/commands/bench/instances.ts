/**
 * `npm run bench -- instances`: predictions per second and p99 of one, two and four web instances behind nginx, in
 * turns on this machine. With few cores it measures what more instances cost, not what more machines would bring.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { hasNginx, startNginx } from '#lib/processes/throwaway/throwaway-nginx.ts'
import { machineName } from '../terminal/machine-name.ts'
import { startHost, type TestHost } from '../test-hosts/hosts.ts'
import { createSender, quantile } from './load-generator.ts'

const COUNTS = [1, 2, 4] as const
const CONNECTIONS = 50
const WARM_UP_SECONDS = 2

const HELP = `npm run bench -- instances [options]

Starts four web instances with one predict process each and one worker on one data folder, and measures
predictions behind nginx (deploy/nginx.conf) with one, two and four of them, ${CONNECTIONS} connections, history on,
cache of repeated images off. The rounds alternate. Needs nginx (Debian: apt-get install nginx-light).

  --rounds NUMBER    rounds of each count (default: 3)
  --seconds NUMBER   of a round (default: 6)
  --help             show this help`

type Round = { readonly perSecond: number; readonly p99: number; readonly failed: number }

export async function benchInstances(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '6' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
  if (!(rounds >= 1 && seconds >= 1)) {
    console.error('--rounds and --seconds take a number from 1 on.')
    return 1
  }
  if (!hasNginx) {
    console.error('nginx is not installed here: apt-get install nginx-light on Debian.')
    return 1
  }
  const measured = await measure(rounds, seconds)
  console.log(`${machineName()}, ${CONNECTIONS} connections, ${rounds} rounds of ${seconds} s in turns\n`)
  console.log(
    '| web instances | predictions/s, median (range) | p99 ms, median (range) | failed |\n|--:|--:|--:|--:|',
  )
  for (const [count, results] of measured)
    console.log(
      `| ${count} | ${span(results.map(({ perSecond }) => perSecond))} | ${span(results.map(({ p99 }) => p99))} | ` +
        `${results.reduce((sum, { failed }) => sum + failed, 0)} |`,
    )
  return [...measured.values()].flat().some(({ failed }) => failed > 0) ? 1 : 0
}

async function measure(rounds: number, seconds: number): Promise<ReadonlyMap<number, readonly Round[]>> {
  const sharedDir = mkdtempSync(path.join(tmpdir(), 'darkroom-instances-'))
  const settings = { PREDICT_PROCESSES: '1', TRUST_PROXY: 'true' }
  const hosts: TestHost[] = []
  const measured = new Map<number, Round[]>(COUNTS.map((count) => [count, []]))
  try {
    hosts.push(await startHost({ role: 'worker', number: 1, settings, sharedDir }))
    for (let number = 1; number <= Math.max(...COUNTS); number++)
      hosts.push(await startHost({ role: 'web', number, settings, sharedDir }))
    const webs = hosts.filter(({ role }) => role === 'web').map(({ url }) => url)
    const nginx = await startNginx(webs)
    try {
      for (let round = 1; round <= rounds; round++)
        for (const count of COUNTS) {
          await nginx.serve(webs.slice(0, count))
          using sender = createSender(`${nginx.address}/api/predict?classifier=shapes`)
          await sender.fire({ connections: CONNECTIONS, seconds: WARM_UP_SECONDS })
          measured
            .get(count)!
            .push(figuresOf(await sender.fire({ connections: CONNECTIONS, seconds }), seconds))
        }
    } finally {
      await nginx.end()
    }
  } finally {
    for (const host of hosts) await host.end()
    rmSync(sharedDir, { recursive: true, force: true })
  }
  return measured
}

function figuresOf(answers: readonly { status: number; ms: number }[], seconds: number): Round {
  const good = answers.filter(({ status }) => status === 200)
  return {
    perSecond: Math.round(good.length / seconds),
    p99: Math.round(
      quantile(
        good.map(({ ms }) => ms),
        0.99,
      ),
    ),
    failed: answers.length - good.length,
  }
}

function span(values: readonly number[]): string {
  const sorted = values.toSorted((one, other) => one - other)
  return `${sorted[Math.floor(sorted.length / 2)]} (${sorted[0]} to ${sorted.at(-1)})`
}
