/** Packages as `npm pack` makes them, by code: with weights of a formula instead of trained ones. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { ggufBytes } from '#lib/ml/formats/gguf.fakes.ts'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BackbonePackage } from './backbone-package.ts'

const FIXTURE = fileURLToPath(new URL('../../ml/network/fixtures/mobilenet-small.json', import.meta.url))

/** All tensors of MobileNetV3-Small, small numbers in each. */
export function drawnWeights(): Uint8Array {
  const { shapes }: { shapes: Readonly<Record<string, readonly number[]>> } = JSON.parse(
    readFileSync(FIXTURE, 'utf8'),
  )
  return ggufBytes(
    Object.entries(shapes).map(([name, shape]) => {
      const length = shape.reduce((a, b) => a * b, 1)
      const isScale = name.endsWith('running_var') || (shape.length === 1 && name.endsWith('weight'))
      return {
        name,
        shape,
        values: Float32Array.from({ length }, (_, i) => (isScale ? 1 : 0.05 * Math.sin(i))),
      }
    }),
  )
}

export function packed(files: Readonly<Record<string, Uint8Array | string>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const bytes = Buffer.from(content)
    const head = Buffer.alloc(512)
    head.write(`package/${name}`, 0)
    head.write('0000644\0', 100)
    head.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124)
    head.write('ustar\0', 257)
    head.write('0', 156)
    head.fill(' ', 148, 156)
    head.write(
      `${head
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    )
    return [head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

export const WEIGHTS_NAME = 'drawn.gguf'

/** A whole package and what would be pinned of it. */
export function drawnPackage(change: Readonly<Record<string, Uint8Array | string>> = {}): {
  readonly bytes: Uint8Array
  readonly about: BackbonePackage
} {
  const weights = drawnWeights()
  const bytes = packed({
    'package.json': JSON.stringify({
      name: 'drawn-backbone',
      version: '1.0.0',
      scripts: { install: 'exit 1' },
    }),
    LICENSE: 'the licence',
    NOTICE: 'the notice',
    'index.js': 'throw new Error("never run")',
    [`weights/${WEIGHTS_NAME}`]: weights,
    ...change,
  })
  return {
    bytes,
    about: {
      name: 'drawn-backbone',
      version: '1.0.0',
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      bytes: bytes.length,
      weights: { file: WEIGHTS_NAME, sha256: createHash('sha256').update(weights).digest('hex') },
    },
  }
}
