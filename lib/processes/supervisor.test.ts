import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  familyOf,
  predictOnNewConnection,
  startHalfRequest,
  isAlive,
  json,
  slownessOfThisMachine,
} from './throwaway/requests.fakes.ts'
import { addRandomVersion } from './throwaway/random-version.fakes.ts'
import {
  addKey,
  CLASSIFIER,
  dataIn,
  runSupervisor,
  startProduct,
  until,
  type TestProduct,
} from './throwaway/product.fakes.ts'

const isLinux = existsSync('/proc/self/stat')
/** A killed web process is back within this time, on an otherwise idle machine. */
const LONGEST_RETURN_MS = 2_000
/** `fetch` may use another open connection to a killed process until it has noticed that all of them are closed. */
const NOTICED_MS = 50

describe.runIf(isLinux)('a started product', () => {
  let product: TestProduct
  beforeAll(async () => {
    product = await startProduct({ prepare: (data) => addRandomVersion(data, CLASSIFIER, 2) })
  }, 240_000)
  afterAll(() => product.end())

  test('serves a prediction through the fast path, whose row is stored when the response arrives', async () => {
    const { status, body } = await product.predict(1)

    expect(status).toBe(200)
    expect(body).toMatchObject({
      success: true,
      classifier: CLASSIFIER,
      model_version: 'v1',
      predicted_class: expect.any(String),
    })
    expect(await product.storedCount([body.id])).toBe(1)
  })

  test('creates no file in its data folder that others may read, and restricts the folder', () => {
    expect(statSync(product.dataDir).mode & 0o777).toBe(0o700)
    for (const made of ['logs', 'logs/darkroom.log', 'session-secret', 'in-use.lock', 'darkroom.db'])
      expect(statSync(path.join(product.dataDir, made)).mode & 0o077, made).toBe(0)
  })

  test('a killed predicting process costs no request that is sent again at once', async () => {
    await until(() => product.pidsOf('predict').length === 2)
    const [first] = product.pidsOf('predict')
    const sentAgain = async (seed: number) => {
      const first = await product.predict(seed).catch(() => null)
      if (first?.status === 200) return first
      await pause(first === null ? NOTICED_MS : 1_000) // as Retry-After says
      return product.predict(seed)
    }

    const requests = Array.from({ length: 60 }, (_, seed) => sentAgain(seed))
    await Promise.race(requests)
    process.kill(first!, 'SIGKILL')
    const answers = await Promise.all(requests)

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200))
    await until(() => product.pidsOf('predict').length === 2)
    expect(product.pidsOf('predict')).not.toContain(first)
  })

  test('while its web process restarts, predictions go on and pages say when to try again', async () => {
    await until(async () => (await fetch(`${product.address}/api/health/ready`)).status !== 500)
    const [web] = product.pidsOf('web')

    process.kill(web!, 'SIGKILL')
    await until(() => !isAlive(web!))
    const [page, prediction] = await Promise.all([fetch(`${product.address}/login`), product.predict(1)])

    expect(prediction.status).toBe(200)
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '2'])
    expect(await page.json()).toMatchObject({ code: 'not_ready', success: false })
    await until(() => product.pidsOf('web').length === 1)
    await until(async () => (await fetch(`${product.address}/login`)).headers.get('retry-after') !== '2')
  })

  test('every process refuses a revoked key within a second', async () => {
    const data = await dataIn(product.dataDir)
    onTestFinished(() => data.close())
    const key = await addKey(data)
    const withKey = () =>
      Promise.all(
        Array.from({ length: 20 }, () =>
          fetch(`${product.address}/api/predict`, {
            method: 'POST',
            headers: { 'x-api-key': key, connection: 'close' },
            body: new Uint8Array([1, 2, 3]),
          }).then(({ status }) => status),
        ),
      )
    expect(new Set(await withKey())).toEqual(new Set([415]))

    const [revoked] = await data.keys.list()
    await data.keys.revoke(revoked!.id)
    await pause(1_000)

    expect(new Set(await withKey())).toEqual(new Set([401]))
  })

  test('restarts killed predicting processes, and everything they acknowledged is in the database', async () => {
    const acknowledged: string[] = []
    let isKilled = false
    const senders = Array.from({ length: 8 }, async (_, sender) => {
      for (let seed = sender * 1_000; !isKilled; seed++)
        await product.predict(seed).then(
          ({ body }) => acknowledged.push(body.id),
          () => {},
        )
    })
    await until(() => acknowledged.length > 100)
    const slowness = slownessOfThisMachine()
    const killed = product.pidsOf('predict')

    for (const pid of killed) process.kill(pid, 'SIGKILL')
    const killedAt = performance.now()
    isKilled = true
    await Promise.all(senders)
    await until(() =>
      product.predict(1).then(
        ({ status }) => status === 200,
        () => false,
      ),
    )

    expect(performance.now() - killedAt).toBeLessThan(LONGEST_RETURN_MS * slowness)
    expect(await product.storedCount(acknowledged)).toBe(acknowledged.length)
    for (const pid of killed) expect(product.pidsOf('predict')).not.toContain(pid)
  })

  test('lets clients that connect while all its processes restart wait, instead of refusing them', async () => {
    const killed = product.pidsOf('predict')
    for (const pid of killed) process.kill(pid, 'SIGKILL')
    await until(() => !killed.some(isAlive))

    const statuses = await Promise.all(
      Array.from({ length: 20 }, () => predictOnNewConnection(product.address)),
    )

    // 503 and when to retry, until an engine is ready again
    expect(statuses.filter((status) => status !== 415 && status !== 503)).toEqual([])
    await until(async () => (await predictOnNewConnection(product.address)) === 415)
  })

  test('falls back to the previous version while the promoted one cannot be loaded', async () => {
    const data = await dataIn(product.dataDir)
    onTestFinished(() => data.close())
    const good = await data.versions.find(CLASSIFIER, 'v2')
    const corrupt = await addRandomVersion(data, CLASSIFIER, 3)
    const weights = path.join(corrupt.folder, 'weights.bin')
    const intact = readFileSync(weights)
    appendFileSync(weights, 'x')

    const promotion = await data.promotions.promote({ versionId: good!.id, by: 'a test', reason: null })
    expect(await data.webProcesses.allAcknowledged(promotion.promotion.id, 10_000)).toBe(true)
    expect((await product.predict(1)).body.model_version).toBe('v2')

    await data.promotions.promote({ versionId: corrupt.id, by: 'a test', reason: null })
    await until(async () => (await json(product, '/api/health'))['status'] === 'degraded')
    expect((await product.predict(1)).body.model_version).toBe('v2')
    expect(await json(product, '/api/health')).toMatchObject({
      ready: true,
      reasons: [expect.stringMatching(/v3.*weights.bin has \d+ bytes instead of \d+.*v2 serves/)],
    })
    expect(await json(product, '/api/model/info')).toMatchObject({
      version: 'v2',
      promoted_version: 'v3',
      fault: expect.stringContaining('weights.bin'),
    })

    for (const pid of product.pidsOf('predict')) process.kill(pid, 'SIGKILL')
    await until(() =>
      product.predict(1).then(
        ({ status }) => status === 200,
        () => false,
      ),
    )
    expect((await product.predict(1)).body.model_version).toBe('v2')

    writeFileSync(weights, intact)
    await until(async () => (await product.predict(1)).body.model_version === 'v3')
    await until(async () => (await json(product, '/api/health'))['status'] === 'healthy')
  }, 30_000)

  test('notices damage to the files of a live version while it runs, and no request fails', async () => {
    const data = await dataIn(product.dataDir)
    onTestFinished(() => data.close())
    const live = await data.live.of(CLASSIFIER)
    const weights = path.join(live!.version!.folder, 'weights.bin')
    const intact = readFileSync(weights)
    const flipped = Buffer.from(intact)
    flipped[100]! ^= 1
    const answers: Promise<{ status: number }>[] = []

    writeFileSync(weights, flipped)
    const [first] = product.pidsOf('predict')
    process.kill(first!, 'SIGKILL') // its successor cannot load it; the other one has it in memory
    await until(async () => {
      answers.push(product.predict(1).catch(() => pause(NOTICED_MS).then(() => product.predict(1))))
      return (await json(product, '/api/health').catch(() => ({ status: '' })))['status'] === 'degraded'
    })
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200))
    await until(async () => (await product.predict(1)).body.model_version === 'v2')

    writeFileSync(weights, intact)
    await until(async () => (await product.predict(1)).body.model_version === 'v3')
  })
})

test.runIf(isLinux)(
  'TERM lets started requests finish, leaves no process behind, and exits with 0',
  async () => {
    const product = await startProduct()
    onTestFinished(() => product.end())
    const family = await familyOf(product)
    const halfSent = startHalfRequest(product.address)
    await halfSent.arrived

    product.kill('SIGTERM')
    await until(() => product.output().includes('Darkroom is shutting down'))
    product.kill('SIGTERM')
    halfSent.finish()

    expect(await halfSent.status).toBe(415)
    expect(await product.exit).toBe(0)
    for (const pid of family) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  },
)

test.runIf(isLinux)(
  'children end with a killed supervisor, and the next start removes its folder',
  async () => {
    const temporary = mkdtempSync(path.join(tmpdir(), 'darkroom-temporary-'))
    const product = await startProduct({ settings: { TMPDIR: temporary } })
    onTestFinished(async () => {
      await product.end()
      rmSync(temporary, { recursive: true, force: true })
    })
    const family = await familyOf(product)
    const [folder] = readdirSync(temporary)

    product.kill('SIGKILL')
    await product.exit

    await until(() => family.every((pid) => !isAlive(pid)))
    expect(readdirSync(temporary)).toEqual([folder])
    const next = runSupervisor({ TMPDIR: temporary, DATA_DIR: product.dataDir, HOST: '127.0.0.1', PORT: '0' })
    onTestFinished(() => void next.child.kill('SIGKILL'))
    await until(() => next.output().includes('Darkroom is ready'))
    expect(readdirSync(temporary)).toEqual([expect.not.stringContaining(folder!)])
    next.child.kill('SIGTERM')
    await next.exit
    expect(readdirSync(temporary)).toEqual([])
  },
  60_000,
)
