import { appendFileSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  familyOf,
  predictOnNewConnection,
  startHalfRequest,
  isAlive,
  json,
  slownessOfThisMachine,
} from './requests.fakes.ts'
import { addRandomVersion } from './random-version.fakes.ts'
import { CLASSIFIER, dataIn, runSupervisor, startProduct, until, type TestProduct } from './product.fakes.ts'

const isLinux = existsSync('/proc/self/stat')
/** A killed web process is back within this time, on an otherwise idle machine. */
const LONGEST_RETURN_MS = 2_000

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

  test('loses no request when an inference child is killed under load', async () => {
    await until(() => product.pidsOf('inference').length === 2)
    const [first] = product.pidsOf('inference')

    const request = Array.from({ length: 60 }, (_, seed) => product.predict(seed))
    await Promise.race(request)
    process.kill(first!, 'SIGKILL')
    const answers = await Promise.all(request)

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200))
    await until(() => product.pidsOf('inference').length === 2)
    expect(product.pidsOf('inference')).not.toContain(first)
  })

  test('restarts a killed web process, and everything it acknowledged is in the database', async () => {
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
    const [web] = product.pidsOf('web')

    process.kill(web!, 'SIGKILL')
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
    expect(product.pidsOf('web')).not.toContain(web)
  })

  test('lets clients that connect while its web process restarts wait, instead of refusing them', async () => {
    const [web] = product.pidsOf('web')
    process.kill(web!, 'SIGKILL')
    await until(() => !isAlive(web!))

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
      reasons: [expect.stringMatching(/v3.*checksum of weights.bin does not match.*v2 serves/)],
    })
    expect(await json(product, '/api/model/info')).toMatchObject({
      version: 'v2',
      promoted_version: 'v3',
      fault: expect.stringContaining('weights.bin'),
    })

    const [web] = product.pidsOf('web')
    process.kill(web!, 'SIGKILL')
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
    for (const pid of product.pidsOf('inference')) process.kill(pid, 'SIGKILL') // their successors cannot load it
    await until(async () => {
      answers.push(product.predict(1))
      return (await json(product, '/api/health').catch(() => ({ status: '' })))['status'] === 'degraded'
    })
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect((await product.predict(1)).body.model_version).toBe('v2')

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

test.runIf(isLinux)('children end with a killed supervisor', async () => {
  const product = await startProduct()
  onTestFinished(() => product.end())
  const family = await familyOf(product)

  product.kill('SIGKILL')
  await product.exit

  await until(() => family.every((pid) => !isAlive(pid)))
})

test('invalid settings are named, one sentence each, and nothing is started', async () => {
  const { exit, output } = runSupervisor({
    PORT: '70000',
    DOOR: 'ajar',
    DATA_DIR: path.join(tmpdir(), 'darkroom-never-made'),
  })

  expect(await exit).toBe(1)
  expect(output()).toMatch(/PORT=70000: .+\.\n/)
  expect(output()).toMatch(/DOOR=ajar: .+\.\n/)
  expect(existsSync(path.join(tmpdir(), 'darkroom-never-made'))).toBe(false)
})

test('a folder that cannot be written to is named', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'darkroom-file-')), 'a-file')
  writeFileSync(file, '')

  const { exit, output } = runSupervisor({ DATA_DIR: file })

  expect(await exit).toBe(1)
  expect(output()).toContain(`Darkroom cannot use DATA_DIR=${file}: a part of its path is a file.`)
})

test('an invalid database is named, and everything ends', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'darkroom-none-'))
  writeFileSync(
    path.join(dataDir, 'darkroom.db'),
    'this is no database, and long enough to be looked at as one'.repeat(20),
  )

  const { exit, output } = runSupervisor({ PORT: '0', DATA_DIR: dataDir })

  expect(await exit).toBe(1)
  expect(output()).toMatch(/Darkroom cannot start: .*file is not a database/)
})

test('a port in use is named in one sentence, and everything ends', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo // listening on a port

  const { exit, output } = runSupervisor({
    PORT: String(port),
    DATA_DIR: mkdtempSync(path.join(tmpdir(), 'darkroom-port-')),
  })

  expect(await exit).toBe(1)
  expect(output()).toBe(
    `Darkroom cannot listen on 127.0.0.1:${port}: another program uses it. Set PORT or HOST to another value.\n`,
  )
})
