/** Files as people and attackers send them, made by code: every format, every damage, every odd name. Each says
 *  whether it becomes a sample, or why not. Not used in the product. */
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import type { Sharp } from 'sharp'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import type { FileFindingKind } from '#lib/ingest/upload-report.ts'
import { bmpFile, bmpRows } from './drawn.fakes.ts'
import { heicFile } from './heic-file.fakes.ts'
import { tiffFile } from './tiff-file.fakes.ts'
import { encodePng } from './write-png.ts'

/** Larger files are refused. */
export const MOST_BYTES = 50_000

export type OddFile = {
  readonly name: string
  readonly content: Uint8Array
  /** The name that the report shows, where it is another. */
  readonly shown?: string
  /** Null: it becomes a sample. */
  readonly refusal: readonly [kind: FileFindingKind, reason: RegExp] | null
}

let drawn = 0
/** Each call draws another image. */
const pixels = () => drawShape('star', 20_000 + drawn++)
/** A PNG that no other call returns. */
export const oddPng = (): Uint8Array => encodePng(pixels())
function photo(): Sharp {
  const { width, height, data } = pixels()
  return sharp(data, { raw: { width, height, channels: 3 } })
}
const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
const cut = (bytes: Uint8Array, share: number): Uint8Array => bytes.slice(0, Math.round(bytes.length * share))
const ramp = (length: number, most: number): number[] =>
  Array.from({ length }, (_, i) => (most * ((i + ++drawn) % length)) / length)

/** The same bytes with one of them inverted. */
function damaged(bytes: Uint8Array, at: number): Uint8Array {
  const out = Uint8Array.from(bytes)
  out[at]! ^= 0xff
  return out
}

/** A PNG whose header states this size, with the checksum of another. */
function stated(width: number, height: number): Uint8Array {
  const out = Buffer.from(oddPng())
  out.writeUInt32BE(width, 16)
  out.writeUInt32BE(height, 20)
  return new Uint8Array(out)
}

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const body = joined(latin1(type), data)
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  checksum.writeUInt32BE(crc32(body))
  return joined(length, body, checksum)
}

/** A PNG with another chunk between its header and its pixels. */
function withChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = oddPng()
  return joined(bytes.slice(0, 33), chunk(type, data), bytes.slice(33))
}

const NOT = (reason: RegExp) => ['not_an_image', reason] as const
const CORRUPT = ['corrupt', /damaged|corrupt|truncated|incomplete|cannot be/i] as const
const LARGE = ['too_large', /pixel|limit|larger/] as const

/** Made for each upload. */
export async function oddFiles(): Promise<readonly OddFile[]> {
  drawn = 0
  const jpeg = await photo().jpeg().toBuffer()
  const webp = await photo().webp().toBuffer()
  const gif = await photo().gif().toBuffer()
  const frames = [photo(), photo()].map((one) => one.png().toBuffer())
  const animated = () => Promise.all(frames).then((all) => sharp(all, { join: { animated: true } }))
  const files: readonly (readonly [name: string, content: Uint8Array, refusal?: OddFile['refusal']])[] = [
    // formats
    ['plain.png', oddPng()],
    ['progressive.jpg', await photo().jpeg({ progressive: true }).toBuffer()],
    ['grey.jpg', await photo().greyscale().jpeg().toBuffer()],
    ['cmyk.jpg', await photo().toColourspace('cmyk').jpeg().toBuffer()],
    ['16-bit.png', await photo().toColourspace('rgb16').png().toBuffer()],
    ['palette.png', await photo().png({ palette: true, colours: 4 }).toBuffer()],
    ['transparent.png', await photo().ensureAlpha(0.5).png().toBuffer()],
    [
      '1-bit.bmp',
      bmpFile({
        width: 32,
        height: 8,
        bits: 1,
        palette: [
          [0, 0, 0],
          [255, 255, 255],
        ],
        pixels: bmpRows(
          Array.from({ length: 8 }, (_, y) => ramp(32, 2).map((v) => (v + y) & 1)),
          1,
        ),
      }),
    ],
    ['lossless.webp', await photo().webp({ lossless: true }).toBuffer()],
    ['animated.gif', await (await animated()).gif().toBuffer()],
    ['animated.webp', await (await animated()).webp().toBuffer()],
    ['photo.avif', await photo().avif().toBuffer()],
    ['phone.heic', heicFile()],
    ['lzw.tiff', await photo().tiff({ compression: 'lzw' }).toBuffer()],
    ['lab.tiff', await photo().toColourspace('lab').tiff().toBuffer()],
    ['float.tiff', tiffFile([{ width: 16, height: 16, bits: 32, format: 'float', values: ramp(256, 1) }])],
    ['32-bit.tiff', tiffFile([{ width: 16, height: 16, bits: 32, values: ramp(256, 1e6) }])],
    [
      '5-bands.tiff',
      tiffFile([
        { width: 16, height: 16, bits: 8, samples: 5, extraSamples: [0, 0], values: ramp(1280, 255) },
      ]),
    ],
    ['one-pixel.png', encodePng({ width: 1, height: 1, data: Uint8Array.of(9, 8, 7) })],
    [
      'strip.png',
      encodePng({ width: 600, height: 1, data: Uint8Array.from({ length: 1800 }, (_, i) => i % 251) }),
    ],
    ...(await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map(
        async (orientation) =>
          [
            `rotated-${orientation}.jpg`,
            await photo().withMetadata({ orientation }).jpeg().toBuffer(),
          ] as const,
      ),
    )),
    // wrong or missing endings
    ['png-as.jpg', oddPng()],
    ['jpeg-as.png', await photo().jpeg().toBuffer()],
    ['webp-as.tiff', await photo().webp().toBuffer()],
    ['without-ending', oddPng()],
    ['IMAGE.JPEG', await photo().jpeg().toBuffer()],
    // damage
    ['zero.png', new Uint8Array(), ['corrupt', /empty/]],
    ['cut.png', cut(oddPng(), 0.5), CORRUPT],
    ['cut.jpg', cut(jpeg, 0.4), CORRUPT],
    ['cut.webp', cut(webp, 0.5), CORRUPT],
    ['cut.gif', cut(gif, 0.5), CORRUPT],
    ['cut.tiff', cut(await photo().tiff().toBuffer(), 0.3), CORRUPT],
    ['cut.avif', cut(await photo().avif().toBuffer(), 0.6), CORRUPT],
    ['cut.heic', cut(heicFile({ turns: 1 }), 0.7), CORRUPT],
    ['without-end.jpg', (await photo().jpeg().toBuffer()).subarray(0, -2)],
    ['bad-checksum.png', damaged(oddPng(), 60), CORRUPT],
    ['bad-header-checksum.png', damaged(oddPng(), 30), CORRUPT],
    ['signature-only.png', oddPng().slice(0, 8), CORRUPT],
    ['signature-only.jpg', Uint8Array.of(0xff, 0xd8, 0xff), CORRUPT],
    ['bad-profile.png', withChunk('iCCP', joined(latin1('x\0\0'), deflateSync(latin1('not a profile'))))],
    [
      'bad-profile.jpg',
      joined(
        jpeg.subarray(0, 2),
        Uint8Array.of(0xff, 0xe2, 0, 24),
        latin1('ICC_PROFILE\0\x01\x01broken!!'),
        jpeg.subarray(2),
      ),
    ],
    [
      'bad-exif.jpg',
      joined(
        jpeg.subarray(0, 2),
        Uint8Array.of(0xff, 0xe1, 0, 20),
        latin1('Exif\0\0II*\0\xff\xff\xff\xff\xff\xff\xff\xff'),
        jpeg.subarray(2),
      ),
    ],
    ['no-pixels.bmp', bmpFile({ width: 8, height: 8, bits: 24, pixels: new Uint8Array(3) }), CORRUPT],
    ['endless.tiff', joined(latin1('II*\0\x08\0\0\0\0\0\x08\0\0\0')), CORRUPT],
    // sizes that only a header states
    ['stated-huge.png', stated(60_000, 60_000), ['too_large', /pixel/]],
    ['stated-nothing.png', stated(0, 0), CORRUPT],
    ['stated-most.png', stated(0xffff_ffff, 0xffff_ffff), ['too_large', /pixel/]],
    [
      'bomb.webp',
      Buffer.from('524946461e000000574542505650384c110000002f57dbd51607509422d7a3808188e87f0000', 'hex'),
      LARGE,
    ],
    ['many-bytes.png', new Uint8Array(MOST_BYTES + 1).fill(7), ['too_large', /larger|limit|MiB/]],
    // not images
    ['page.jpg', latin1('<!doctype html><p>404 Not Found'), NOT(/HTML/)],
    [
      'drawing.png',
      latin1('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      NOT(/SVG/),
    ],
    ['paper.jpg', latin1('%PDF-1.7\n1 0 obj'), NOT(/PDF/)],
    ['script.gif', latin1('#!/bin/sh\nrm -rf /'), NOT(/script/)],
    ['php.jpg', latin1('<?php system($_GET[0]);'), NOT(/script/i)],
    ['program.png', latin1('MZ\x90\0\x03\0\0\0'), NOT(/program/)],
    ['jpeg-2000.jp2', latin1('\0\0\0\x0cjP  \r\n\x87\n'), NOT(/JPEG 2000/)],
    ['jpeg-xl.jxl', latin1('\xff\x0a\xfa\x7f\x01\x90'), NOT(/JPEG XL/)],
    ['portable.ppm', latin1('P6 2 1 255\nabcdef'), NOT(/PPM/)],
    ['array.npy', latin1('\x93NUMPY\x01\0v\0{}'), NOT(/NumPy/)],
    ['film.jpg', latin1('\0\0\0\x18ftypisom\0\0\0\0isom'), NOT(/video/)],
    ['words.png', latin1('no image at all'), NOT(/text/)],
    ['noise.png', Uint8Array.from({ length: 300 }, (_, i) => (i * 37 + 11) % 256), NOT(/unknown/)],
    // two files in one
    ['image-then-page.png', joined(oddPng(), latin1('<html><script>alert(1)</script>'))],
    ['gif-then-script.gif', joined(await photo().gif().toBuffer(), latin1('#!/bin/sh'))],
    ['image-then-archive.png', joined(oddPng(), latin1('PK\x03\x04\x14\0'))],
    // names
    ['émoji 🐈‍⬛.png', oddPng()],
    ['שלום.png', oddPng()],
    ['con.png', oddPng()],
    ['aux', oddPng()],
    ['trailing dots...', oddPng()],
    [' spaces .png ', oddPng()],
    ["quote' and percent%20.png", oddPng()],
    [`${'long'.repeat(62)}.png`, oddPng()],
    ['Twin.png', oddPng()],
    ['twin.PNG', oddPng()],
  ]
  return [
    ...files.map(([name, content, refusal = null]) => ({ name, content, refusal })),
    { name: 'upside\u202Egnp.exe', shown: 'upsidegnp.exe', content: oddPng(), refusal: null },
    { name: 'zero\u200Bwidth.png', shown: 'zerowidth.png', content: oddPng(), refusal: null },
    { name: 'same.png', content: oddPng(), refusal: null },
    { name: 'same.png', content: oddPng(), refusal: null },
    ...copies(),
  ]
}

const copies = (): readonly OddFile[] => {
  const content = oddPng()
  return [
    { name: 'original.png', content, refusal: null },
    { name: 'copy.png', content, refusal: ['duplicate_in_upload', /original\.png/] },
  ]
}
