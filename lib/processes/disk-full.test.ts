import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Data } from '#lib/data/data.ts'
import { integrityOf } from '#lib/data/opened.fakes.ts'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { addKey, CLASSIFIER, startProduct, until, type TestProduct } from './throwaway/product.fakes.ts'

const DISK = '24m'
const CHUNK = Buffer.alloc(256 * 1024, 1)
/** Free space within the pages that the database already has takes some more predictions. */
const MOST_ANSWERS_ON_A_FULL_DISK = 3_000

const disk = existsSync('/proc/self/mounts') ? smallDisk() : null

/** A small disk in memory; null where this user may not mount one. */
function smallDisk(): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    rmSync(folder, { recursive: true, force: true })
    return null
  }
}

describe.runIf(disk !== null)('a started product on a small disk', () => {
  let product: TestProduct
  const acknowledged: string[] = []
  const ballast = () => path.join(disk!, 'ballast')
  let key = ''
  const prepare = async (data: Data) => {
    key = await addKey(data)
  }
  beforeAll(async () => {
    product = await startProduct({
      within: disk!,
      prepare,
      settings: { OPEN_ACTIONS: 'true', PREDICT_PROCESSES: '1' },
    })
  }, 120_000)
  afterAll(async () => {
    await product.end()
    execFileSync('umount', [disk!])
    rmSync(disk!, { recursive: true, force: true })
  })

  const predict = async (seed: number) => {
    const answer = await product.predict(seed, { key })
    if (answer.status === 200) acknowledged.push(answer.body.id)
    return answer
  }
  const upload = async (seed: number) => {
    const form = new FormData()
    form.append('label', 'star')
    for (let i = 0; i < 40; i++)
      form.append('files', new Blob([new Uint8Array(encodePng(drawShape('star', seed + i)))]), `${i}.png`)
    const response = await fetch(`${product.address}/upload?classifier=${CLASSIFIER}`, {
      method: 'POST',
      body: form,
    })
    return {
      status: response.status,
      body: (await response.json()) as { code?: string; detail?: string; count?: number },
    }
  }

  test('predicts and stores images while there is space', async () => {
    expect((await predict(1)).status).toBe(200)
    expect(await upload(10_000)).toMatchObject({ status: 200, body: { count: 40 } })
  })

  test('reports a full disk and what to do about it', { timeout: 120_000 }, async () => {
    try {
      for (;;) appendFileSync(ballast(), CHUNK)
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    }

    const refusedUpload = await upload(20_000)
    expect(refusedUpload).toMatchObject({
      status: 507,
      body: { code: 'disk_full', detail: expect.stringContaining('Free up space') },
    })

    let refused = await predict(2)
    for (let seed = 3; refused.status === 200 && seed < MOST_ANSWERS_ON_A_FULL_DISK; seed++)
      refused = await predict(seed)
    expect(refused.status).toBe(507)
    expect(refused.body.detail).toMatch(/disk that holds DATA_DIR is full. Free up space/)
  })

  test(
    'still predicts for anonymous clients without history, says so, and is degraded',
    { timeout: 60_000 },
    async () => {
      const linesBefore = product.output().split('\n').length
      const anonymous = await Promise.all(
        Array.from({ length: 40 }, (_, seed) => product.predict(100_000 + seed)),
      )

      expect(anonymous.map(({ status, body }) => [status, body.id, body.saved])).toEqual(
        Array(40).fill([200, null, false]),
      )
      expect(anonymous[0]!.body.unsaved_reason).toMatch(/no space/)
      for (let i = 0; i < 20; i++) expect((await predict(200_000 + i)).status).toBe(507)
      const health = await fetch(`${product.address}/api/health`)
      expect({ status: health.status, body: await health.json() }).toMatchObject({
        status: 200,
        body: {
          status: 'degraded',
          ready: true,
          reasons: [expect.stringMatching(/disk that holds .* full/)],
        },
      })
      expect(product.output().split('\n').length - linesBefore).toBeLessThan(10)
    },
  )

  test(
    'continues when there is space again, and has everything that it acknowledged',
    { timeout: 60_000 },
    async () => {
      rmSync(ballast())

      await until(async () => (await predict(5_000)).status === 200)
      expect(await upload(30_000)).toMatchObject({ status: 200, body: { count: 40 } })
      expect(await product.storedCount(acknowledged)).toBe(acknowledged.length)
      expect(integrityOf(path.join(product.dataDir, 'darkroom.db'))).toBe('ok')
      expect(product.pidsOf('predict')).toHaveLength(1)
      await until(
        async () =>
          ((await (await fetch(`${product.address}/api/health`)).json()) as { status: string }).status ===
          'healthy',
      )
      await until(async () => (await product.predict(6_000)).body.saved === true)
    },
  )
})
