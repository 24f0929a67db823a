/** Every curl line of /docs, run by a shell as printed, in the order of the page, on a separate product. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { ADMIN, startOwnProduct, type OwnProduct } from './own-product.ts'
import { pagesOf } from './pages.ts'

/** With three outputs. */
const KERAS_FILE = fileURLToPath(new URL('../lib/ml/formats/fixtures/keras-sequential.h5', import.meta.url))
const LONGEST_S = 120
/** curl's own output would hide the status; the line itself is not changed. */
const RUN = `curl() { command curl -sS --max-time ${LONGEST_S} -w '\\n%{http_code}' "$@"; }\n`
/** The lines that are correctly refused in this order; all others succeed. */
const REFUSED: Readonly<Record<string, readonly number[]>> = {
  'POST /api/setup': [403, 409], // an admin exists
  'POST /api/reset': [403], // the link does not exist
  'POST /api/backbone': [202, 409], // it is installed where another test has downloaded it
  'DELETE /api/backbone': [200, 404], // nothing is being downloaded any more
  'POST /api/backbones/{id}/download': [202, 404, 409], // another one is being installed
  'DELETE /api/backbones/{id}': [200, 404],
  'POST /api/backbones': [202, 409],
  'POST /api/backbones/upload': [404, 409], // the examined file is no network
  'DELETE /api/backbones/upload': [200, 404],
  'POST /api/runs/{id}/cancel': [409], // it has ended
  'POST /api/predict/jobs/{id}/cancel': [200, 409], // it may have ended
  'POST /api/imports/jobs/{id}/cancel': [200, 409], // it may have ended
  'POST /api/runs/{id}/resume': [409],
  'POST /api/predictions/feedback': [404], // the prediction does not exist
  'GET /api/snapshots/{id}/compare': [404], // the other snapshot does not exist
  'DELETE /api/models/{id}': [200, 409], // the newest may be the target of the rollback
}

test.skip(spawnSync('curl', ['--version']).status !== 0, 'there is no curl on this machine')

test('every curl line of the reference works as printed', async ({ page }) => {
  test.setTimeout(600_000)
  await using product = await startOwnProduct({ DEFAULT_CLASSIFIER: 'shapes' })
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-curl-'))
  try {
    writeFileSync(path.join(folder, 'image.png'), encodePng(drawShape('star', 8_001)))
    writeFileSync(path.join(folder, 'network.onnx'), 'not a network')
    copyFileSync(KERAS_FILE, path.join(folder, 'pets.h5'))
    writeFileSync(path.join(folder, 'another.png'), encodePng(drawShape('star', 8_002)))
    const key = await product.key('admin')
    const cookie = await product.addUser('viewer')
    const link = await product.request('POST', '/api/phone-links', {
      headers: { authorization: `Bearer ${key}` },
      body: { classifier: 'shapes', label: 'star' },
    })
    await product.request('PATCH', '/api/settings', {
      headers: { authorization: `Bearer ${key}` },
      body: { AUTO_PROMOTE: 'off' },
    })
    await expect
      .poll(
        async () =>
          (
            await product.request('GET', '/api/samples?classifier=shapes&limit=1', {
              headers: { authorization: `Bearer ${key}` },
            })
          ).json['total'],
        { timeout: 90_000 },
      )
      .toBeGreaterThan(100)
    const { reference } = pagesOf(page, product)
    await reference.open()
    const lines = await reference.curlLines()
    const idFrom = await reference.idSources()
    expect(lines.length).toBeGreaterThan(50)

    for (const { route, line } of lines) {
      if (route === 'POST /api/retrain') await addImage(product, key)
      if (route === 'POST /api/imports') await saveExport(product, key, folder)
      const id = idFrom.has(route) ? await newestId(product, key, idFrom.get(route)!) : ''
      const { stdout, stderr } = await runLine(line, folder, {
        DARKROOM_KEY: key,
        DARKROOM_COOKIE: cookie,
        PHONE_TOKEN: String(link.json['token']),
        NEW_PASSWORD: 'incorrect horse battery',
        RESET_TOKEN: 'used long ago',
        ID: id,
        PASSWORD: ADMIN.password,
        SETUP_TOKEN: 'used long ago',
      })
      const status = Number(stdout.trimEnd().split('\n').at(-1))
      expect
        .soft(
          REFUSED[route]?.includes(status) ?? (status >= 200 && status < 300),
          `${route} answered ${status}: ${stdout.slice(0, 400)}${stderr}`,
        )
        .toBe(true)
      if (route === 'POST /api/retrain')
        await expect
          .poll(async () => (await product.request('GET', '/api/retrain/status')).json['is_running'], {
            timeout: 300_000,
            intervals: [1_000],
          })
          .toBe(false)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/**
 * Does not block this process: it must notice when the product closes an idle connection, or the next request is sent
 * on a closed one.
 */
async function runLine(line: string, cwd: string, values: Readonly<Record<string, string>>) {
  const child = spawn('sh', ['-c', RUN + line], {
    cwd,
    env: { ...process.env, ...values },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  await ended
  return { stdout, stderr }
}

/** Of users the last one added, so that the admin stays. */
async function newestId(product: OwnProduct, key: string, route: string): Promise<string> {
  const { json } = await product.request('GET', route.replace(/^GET /, ''), {
    headers: { authorization: `Bearer ${key}` },
  })
  const list = Object.values(json).find(Array.isArray) as readonly { id: string }[]
  return (route === 'GET /api/users' ? list.at(-1) : list[0])?.id ?? ''
}

/** What the line of the export saves under the name that its response states. */
async function saveExport(product: OwnProduct, key: string, folder: string): Promise<void> {
  const response = await fetch(`${product.url}/api/classifiers/shapes/export`, {
    headers: { authorization: `Bearer ${key}` },
  })
  expect(response.headers.get('content-disposition')).toContain('shapes-classifier.zip')
  writeFileSync(path.join(folder, 'shapes-classifier.zip'), new Uint8Array(await response.arrayBuffer()))
}

async function addImage(product: OwnProduct, key: string): Promise<void> {
  const form = new FormData()
  form.append('label', 'star')
  for (let i = 0; i < 12; i++)
    form.append('files', new Blob([new Uint8Array(encodePng(drawShape('star', 8_100 + i)))]), `star ${i}.png`)
  await product.request('POST', '/api/upload?classifier=shapes', {
    headers: { authorization: `Bearer ${key}` },
    body: form,
  })
}
