/** Small data sets in the official formats, with their checksums, and a server that serves them or
 *  misbehaves; for tests only. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { Cifar10Files } from './cifar10.ts'
import type { MnistPart } from './mnist.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export type Files = Record<string, Uint8Array>

export function smallMnist(): { parts: MnistPart[]; files: Files } {
  const files: Files = {}
  const file = (name: string, content: Uint8Array) => {
    files[`${name}.gz`] = gzipSync(content)
    return {
      name: `${name}.gz`,
      urls: [],
      packedBytes: files[`${name}.gz`]!.length,
      sizeBytes: content.length,
      sha256: sha256(content),
    }
  }
  const images = (count: number) =>
    Uint8Array.from([
      0,
      0,
      8,
      3,
      0,
      0,
      0,
      count,
      0,
      0,
      0,
      28,
      0,
      0,
      0,
      28,
      ...Array.from({ length: count * 784 }, (_, i) => (i * 11) % 256),
    ])
  const labels = (...of: number[]) => Uint8Array.from([0, 0, 8, 1, 0, 0, 0, of.length, ...of])
  const parts: MnistPart[] = [
    {
      split: 'train',
      images: file('train-images-idx3-ubyte', images(3)),
      labels: file('train-labels-idx1-ubyte', labels(5, 0, 9)),
    },
    {
      split: 'test',
      images: file('t10k-images-idx3-ubyte', images(1)),
      labels: file('t10k-labels-idx1-ubyte', labels(7)),
    },
  ]
  return { parts, files }
}

export function smallCifar10(): { pins: Cifar10Files; files: Files; archive: Uint8Array } {
  const records = (...labels: number[]) =>
    Uint8Array.from(
      labels.flatMap((label) => [
        label,
        ...Array.from({ length: 3072 }, (_, i) => [10, 100, 200][Math.floor(i / 1024)]! + (i % 7)),
      ]),
    )
  const files: Files = { 'data_batch_1.bin': records(3, 8), 'test_batch.bin': records(9) }
  const pin = (split: 'train' | 'test', name: string) => ({
    split,
    name,
    sizeBytes: files[name]!.length,
    sha256: sha256(files[name]!),
  })
  const archive = gzipSync(
    tarFile({
      'cifar-10-batches-bin/readme.html': new TextEncoder().encode('<html>'),
      ...Object.fromEntries(
        Object.entries(files).map(([name, bytes]) => [`cifar-10-batches-bin/${name}`, bytes]),
      ),
    }),
  )
  return {
    files,
    archive,
    pins: {
      archive: { name: 'cifar-10-binary.tar.gz', urls: [], packedBytes: archive.length },
      batches: [pin('train', 'data_batch_1.bin'), pin('test', 'test_batch.bin')],
    },
  }
}

export function tarFile(files: Files): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, bytes]) => {
    const head = Buffer.alloc(512)
    head.write(name)
    head.write(bytes.length.toString(8).padStart(11, '0'), 124)
    head.write('        0', 148)
    head.write(
      head
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0') + '\0 ',
      148,
    )
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

export type Behaviour = 'honest' | 'cut' | 'silent' | 'endless' | 'missing'

/** Serves `files` by name on a free port of this machine. */
export async function serveFiles(
  files: Files,
  behaviour: () => Behaviour = () => 'honest',
): Promise<AsyncDisposable & { url: string; requested: string[] }> {
  const requested: string[] = []
  const server = createServer((request, response) => {
    const name = request.url!.slice(1)
    requested.push(name)
    const bytes = files[name]
    const how = bytes === undefined ? 'missing' : behaviour()
    if (how === 'missing') response.writeHead(404).end()
    else if (how === 'honest') response.writeHead(200, { 'content-length': bytes!.length }).end(bytes)
    else if (how === 'cut')
      response
        .writeHead(200, { 'content-length': bytes!.length })
        .write(bytes!.subarray(0, bytes!.length / 2), () => response.destroy())
    else if (how === 'silent')
      response.writeHead(200, { 'content-length': bytes!.length }).write(bytes!.subarray(0, 1))
    else {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(65_536), more))
      response.writeHead(200)
      more()
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requested: requested,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
