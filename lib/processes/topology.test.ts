/**
 * Several starts on one DATA_DIR behind nginx, as in deploy/docker-compose.yml: web processes with
 * ROLE=web, one worker, deploy/nginx.conf.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { hasNginx, startNginx, type Nginx } from './throwaway/throwaway-nginx.ts'
import { addRandomVersion } from './throwaway/random-version.fakes.ts'
import { CLASSIFIER, dataIn, pidsOf, runSupervisor, until } from './throwaway/product.fakes.ts'

const canRun = hasNginx && existsSync('/proc/self/stat')
const SENDERS = 8
/** One second on an otherwise idle machine (docs/performance.md). */
const LONGEST_PROMOTION_MS = 5_000

type Web = {
  readonly address: string
  readonly pid: () => number
  readonly predictions: () => Promise<number>
}

if (!canRun)
  test('web processes behind nginx', ({ skip }) =>
    skip('nginx is not installed here (Debian: apt-get install nginx-light), or this is not Linux'))

describe.runIf(canRun)('web processes behind nginx', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-topology-'))
  const runs: ReturnType<typeof runSupervisor>[] = []
  const webs: Web[] = []
  let data: Data
  let nginx: Nginx
  let tokens: readonly string[]

  beforeAll(async () => {
    data = await dataIn(dataDir)
    const first = await addRandomVersion(data, CLASSIFIER, 1)
    await data.promotions.promote({ versionId: first.id, by: 'a test', reason: null })
    const worker = start('worker')
    await Promise.all([
      startWeb(),
      startWeb(),
      until(() => worker.output().includes("Darkroom's worker is ready")),
    ])
    tokens = runs.flatMap(({ output }) => output().match(/\/setup\?token=\S+/g) ?? [])
    nginx = await startNginx(
      webs.map(({ address }) => address),
      { maxUploadMb: 1 },
    )
  }, 90_000)

  afterAll(async () => {
    await nginx.end()
    for (const { child } of runs) child.kill('SIGTERM')
    await Promise.all(runs.map(({ exit }) => exit))
    await data.close()
    rmSync(dataDir, { recursive: true, force: true })
  }, 60_000)

  test('print one setup link in total, not one each', () => {
    expect(tokens).toHaveLength(1)
  })

  test('each list all hosts, with their processes', async () => {
    for (const { address } of webs) {
      await until(async () => (await hostsAt(address)).length === 3)
      const hosts = await hostsAt(address)
      expect(hosts.map(({ role }) => role).sort()).toEqual(['web', 'web', 'worker'])
      expect(
        hosts.every((host) => host.is_live && host.processes.some(({ name }) => name === host.role)),
      ).toBe(true)
    }
  })

  test('share the predictions', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, seed) => predict(nginx.address, seed)))

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    for (const web of webs) expect(await web.predictions()).toBeGreaterThan(10)
  })

  test('a killed process costs no request that arrived after its end', async () => {
    const { address, pid } = webs[0]!
    const killed = pid()
    let goneAt = Infinity
    let answered = 0
    let isOver = false
    const failed: { began: number; status: number }[] = []
    const senders = Array.from({ length: SENDERS }, async (_, sender) => {
      for (let seed = sender * 1_000; !isOver; seed++) {
        const began = performance.now()
        const { status } = await predict(nginx.address, seed)
        if (status === 200) answered += 1
        else failed.push({ began, status })
      }
    })
    await until(() => answered > 50)

    process.kill(killed, 'SIGKILL')
    // its successor starts when it has ended completely, with its connections
    await until(() => ![killed, 0].includes(pid()))
    goneAt = performance.now()
    await until(() =>
      predict(address, 1).then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
    isOver = true
    await Promise.all(senders)

    expect(failed.filter(({ began }) => began > goneAt)).toEqual([])
    expect(failed.length).toBeLessThanOrEqual(SENDERS)
    expect(failed.every(({ status }) => status === 503)).toBe(true)
  })

  test('all serve a promoted version within about a second', async () => {
    const second = await addRandomVersion(data, CLASSIFIER, 2)

    const promotedAt = performance.now()
    await data.promotions.promote({ versionId: second.id, by: 'a test', reason: null })
    await Promise.all(
      webs.map(({ address }) => until(async () => (await predict(address, 1)).version === second.name)),
    )

    expect(performance.now() - promotedAt).toBeLessThan(LONGEST_PROMOTION_MS)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, seed) => predict(nginx.address, seed)))
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([second.name]))
  })

  test('too large requests and unknown addresses are refused with problem documents', async () => {
    const tooLarge = await fetch(`${nginx.address}/api/upload`, {
      method: 'POST',
      body: new Uint8Array(2 * 1024 ** 2),
    })
    expect(tooLarge.status).toBe(413)
    expect(tooLarge.headers.get('content-type')).toBe('application/problem+json')
    expect(await tooLarge.json()).toMatchObject({ success: false, code: 'too_large', status: 413 })

    const lonely = await startNginx(['http://127.0.0.1:9'])
    onTestFinished(() => lonely.end())
    const away = await fetch(`${lonely.address}/api/health/live`)
    expect(away.headers.get('retry-after')).toBe('2')
    expect(await away.json()).toMatchObject({ success: false, code: 'not_ready', status: 503 })
  })

  test('four share the predictions as two did', async () => {
    await Promise.all([startWeb(), startWeb()])
    await nginx.serve(webs.map(({ address }) => address))
    const before = await Promise.all(webs.map(({ predictions }) => predictions()))

    const answers = await Promise.all(Array.from({ length: 80 }, (_, seed) => predict(nginx.address, seed)))

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const after = await Promise.all(webs.map(({ predictions }) => predictions()))
    for (const [i, count] of after.entries()) expect(count - before[i]!).toBeGreaterThan(5)
  }, 60_000)

  function start(role: 'web' | 'worker') {
    const run = runSupervisor({
      DATA_DIR: dataDir,
      ROLE: role,
      PORT: '0',
      TRUST_PROXY: 'true',
      DEFAULT_CLASSIFIER: CLASSIFIER,
      PREDICT_PROCESSES: '1',
      LOG_LEVEL: 'warn',
    })
    runs.push(run)
    return run
  }

  async function startWeb(): Promise<void> {
    const run = start('web')
    await until(() => /is ready at \S+/.test(run.output()) || run.child.exitCode !== null)
    const address = /is ready at (\S+)/.exec(run.output())?.[1]
    if (address === undefined) throw new Error(`A web process did not start:\n${run.output()}`)
    webs.push({
      address,
      pid: () => pidsOf(run.child.pid!, 'predict')[0] ?? 0,
      predictions: async () =>
        ((await (await fetch(`${address}/api/metrics`)).json()) as { predictions: { total: number } })
          .predictions.total,
    })
  }
})

type Hosts = Output<Routes['GET /api/metrics']>['hosts']

const hostsAt = async (address: string): Promise<Hosts> =>
  ((await (await fetch(`${address}/api/metrics`)).json()) as { hosts: Hosts }).hosts

async function predict(
  address: string,
  seed: number,
): Promise<{ status: number; version: string | undefined }> {
  const answer = await fetch(`${address}/api/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: new Uint8Array(encodePng(drawShape('star', seed))),
  })
  return {
    status: answer.status,
    version: ((await answer.json()) as { model_version?: string }).model_version,
  }
}
