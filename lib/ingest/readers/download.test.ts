import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { download, type Download } from './download.ts'

const CONTENT = 'the expected content'

/** @returns the address of a server on this machine */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // listening on a port
}

function downloading(change: Partial<Download> & { readonly urls?: readonly string[] }): Download {
  const folder = mkdtempSync(join(tmpdir(), 'darkroom-download-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return {
    file: { name: 'file.bin', urls: change.urls ?? [], packedBytes: 1_000 },
    to: join(folder, 'file.bin'),
    check: () => Promise.resolve(),
    ...change,
  }
}

const redirectsTo =
  (to: string): RequestListener =>
  (_, response) =>
    void response.writeHead(302, { location: to }).end()

test("a maker's address that redirects to this machine or its network is refused before any request", async () => {
  const requests: string[] = []
  const inside = await serving(({ url = '' }, response) => {
    requests.push(url)
    response.end(CONTENT)
  })
  const { port } = new URL(inside)
  for (const to of [
    `${inside}/secret`,
    `https://127.0.0.1:${port}/secret`,
    `https://localhost:${port}/secret`,
    `https://0x7f.1:${port}/secret`,
    `https://[::1]:${port}/secret`,
    `https://[::ffff:127.0.0.1]:${port}/secret`,
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
  ]) {
    const request = downloading({ urls: [await serving(redirectsTo(to))] })
    await expect(download(request), to).rejects.toMatchObject({
      code: 'bad_data_file',
      why: expect.stringContaining('not a public address'),
    })
    expect(existsSync(request.to)).toBe(false)
  }
  expect(requests).toEqual([])
})

test("a maker's address that redirects to a host without encryption is refused", async () => {
  const request = downloading({ urls: [await serving(redirectsTo('http://example.com/file.bin'))] })

  await expect(download(request)).rejects.toMatchObject({
    why: expect.stringContaining('it redirects to example.com without encryption'),
  })
})

test.each(['file:///etc/hostname', 'ftp://example.com/', 'data:text/plain,x'])(
  'a mirror may not redirect to %s',
  async (to) => {
    const request = downloading({ mirror: await serving(redirectsTo(to)) })

    await expect(download(request)).rejects.toMatchObject({
      why: expect.stringContaining('uses neither HTTP nor HTTPS'),
    })
  },
)

test("a mirror on the owner's network may redirect within it", async () => {
  const storage = await serving((_, response) => void response.end(CONTENT))
  const request = downloading({ mirror: await serving(redirectsTo(`${storage}/x`)) })

  await download(request)

  expect(readFileSync(request.to, 'utf8')).toBe(CONTENT)
})

test('five redirects are followed, and a sixth is not', async () => {
  let left = 5
  const mirror = await serving((_, response) => {
    if (left-- > 0) response.writeHead(307, { location: `/${left}` }).end()
    else response.end(CONTENT)
  })

  const request = downloading({ mirror })
  await download(request)
  expect(readFileSync(request.to, 'utf8')).toBe(CONTENT)

  left = 6
  await expect(download(downloading({ mirror }))).rejects.toMatchObject({
    why: expect.stringContaining('it redirects more than 5 times'),
  })
})

test('a server that sends a byte now and then is abandoned, with its rate in the message', async () => {
  const mirror = await serving((_, response) => {
    const timer = setInterval(() => response.write('x'), 20)
    response.on('close', () => clearInterval(timer))
  })

  await expect(
    download(downloading({ mirror, limits: { leastBytesPerSecond: 1_000, slowForMs: 200 } })),
  ).rejects.toMatchObject({ why: expect.stringContaining('fewer than 1000 bytes a second for 0.2 s') })
})

test('a server that is slow and fast by turns is abandoned after the time that the size allows', async () => {
  const mirror = await serving((_, response) => {
    const timer = setInterval(() => response.write(Buffer.alloc(10)), 20)
    response.on('close', () => clearInterval(timer))
  })

  await expect(
    download(downloading({ mirror, limits: { leastBytesPerSecond: 1, longestMs: () => 250 } })),
  ).rejects.toMatchObject({ why: expect.stringContaining('did not arrive within 0.25 s') })
})

test('a server that says nothing is abandoned', async () => {
  const mirror = await serving(() => undefined)

  await expect(download(downloading({ mirror, limits: { longestSilenceMs: 100 } }))).rejects.toMatchObject({
    why: expect.stringContaining('no data arrived for 0.1 s'),
  })
})

test('a file that arrives in time is stored whatever the limits of others', async () => {
  const mirror = await serving((_, response) => {
    response.write(CONTENT.slice(0, 5))
    setTimeout(() => response.end(CONTENT.slice(5)), 50)
  })
  const request = downloading({
    mirror,
    limits: { leastBytesPerSecond: 1, slowForMs: 200, longestMs: () => 5_000 },
  })

  await download(request)

  expect(readFileSync(request.to, 'utf8')).toBe(CONTENT)
})
