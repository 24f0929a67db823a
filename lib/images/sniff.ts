/** The type of untrusted bytes, determined only by the bytes: never by a name or a declared type.
 *  It decodes nothing; bytes that look like an image may still be corrupt. */

export const IMAGE_KINDS = ['png', 'jpeg', 'gif', 'bmp', 'webp', 'tiff', 'avif', 'heic'] as const
export type ImageKind = (typeof IMAGE_KINDS)[number]

export type Kind = ImageKind | 'svg' | 'html' | 'pdf' | 'zip' | 'script' | 'text' | 'empty' | 'unknown'

/** `words` complete the sentence "it is …". */
export type FileType = { readonly kind: Kind; readonly words: string }

export const isImageKind = (kind: Kind): kind is ImageKind => (IMAGE_KINDS as readonly Kind[]).includes(kind)

/** How much of a text is read to recognise it; real documents name themselves well before. */
const TEXT_BYTES = 4096

export function sniff(bytes: Uint8Array): FileType {
  if (bytes.length === 0) return { kind: 'empty', words: 'an empty file' }
  return (
    bySignature(bytes) ??
    containerOf(bytes) ??
    textOf(bytes) ??
    (areZeros(bytes)
      ? { kind: 'unknown', words: 'only zero bytes: the file was not copied completely' }
      : { kind: 'unknown', words: 'data of an unknown kind' })
  )
}

const areZeros = (bytes: Uint8Array): boolean =>
  bytes.length >= FEWEST_ZEROS && bytes.every((byte) => byte === 0)
/** Fewer bytes may be the beginning of anything. */
const FEWEST_ZEROS = 64

const SIGNATURES: readonly (readonly [start: string, kind: Kind, words: string])[] = [
  ['\x89PNG', 'png', 'a PNG image'],
  ['\xff\xd8\xff', 'jpeg', 'a JPEG image'],
  ['GIF87a', 'gif', 'a GIF image'],
  ['GIF89a', 'gif', 'a GIF image'],
  ['II*\0', 'tiff', 'a TIFF image'],
  ['MM\0*', 'tiff', 'a TIFF image'],
  ['II+\0', 'tiff', 'a TIFF image'],
  ['MM\0+', 'tiff', 'a TIFF image'],
  ['%PDF', 'pdf', 'a PDF document'],
  ['PK\x03\x04', 'zip', 'a ZIP archive'],
  ['PK\x05\x06', 'zip', 'a ZIP archive'],
  ['#!', 'script', 'a script'],
  ['<?php', 'script', 'a PHP script'],
  ['\x1f\x8b', 'unknown', 'a gzip archive'],
  ['7z\xbc\xaf\x27\x1c', 'unknown', 'a 7-Zip archive'],
  ['Rar!', 'unknown', 'a RAR archive'],
  ['\xfd7zXZ', 'unknown', 'an XZ archive'],
  ['\x7fELF', 'unknown', 'a program'],
  ['MZ', 'unknown', 'a program'],
  ['8BPS', 'unknown', 'a Photoshop document'],
  ['\xff\x0a', 'unknown', 'a JPEG XL image, which is not supported'],
  ['\0\0\0\x0cJXL ', 'unknown', 'a JPEG XL image, which is not supported'],
  ['\0\0\0\x0cjP  ', 'unknown', 'a JPEG 2000 image, which is not supported'],
  ['\xff\x4f\xff\x51', 'unknown', 'a JPEG 2000 image, which is not supported'],
  ['\x93NUMPY', 'unknown', 'a NumPy array, which is not supported'],
  ['\x89HDF\r\n', 'unknown', 'an HDF5 file, which is not supported'],
  ['SIMPLE  =', 'unknown', 'a FITS image, which is not supported'],
  ['v/1\x01', 'unknown', 'an OpenEXR image, which is not supported'],
  ['\0\0\x01\0', 'unknown', 'an icon file'],
  ['OggS', 'unknown', 'an audio or video file'],
  ['ID3', 'unknown', 'a sound'],
  ['\x1aE\xdf\xa3', 'unknown', 'a video'],
  ['SQLite format 3', 'unknown', 'a database'],
  ['BZh', 'unknown', 'a bzip2 archive'],
  ['\x28\xb5\x2f\xfd', 'unknown', 'a Zstandard archive'],
  ['PK\x07\x08', 'unknown', 'a part of a ZIP archive'],
  ['PAR1', 'unknown', 'a Parquet table, which is not supported'],
  ['ARROW1', 'unknown', 'an Arrow table, which is not supported'],
  ['%!PS', 'unknown', 'a PostScript drawing, which is not supported'],
  ['\xc5\xd0\xd3\xc6', 'unknown', 'a PostScript drawing, which is not supported'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'unknown', 'an Office document'],
  ['{\\rtf', 'unknown', 'a text document'],
  ['icns', 'unknown', 'an icon file'],
  ['DDS ', 'unknown', 'a DDS texture, which is not supported'],
  ['qoif', 'unknown', 'a QOI image, which is not supported'],
  ['#?RADIANCE', 'unknown', 'a Radiance HDR image, which is not supported'],
  ['#?RGBE', 'unknown', 'a Radiance HDR image, which is not supported'],
  ['\x01\xda\0', 'unknown', 'an SGI image, which is not supported'],
  ['\x01\xda\x01', 'unknown', 'an SGI image, which is not supported'],
  ['\x0a\x05\x01', 'unknown', 'a PCX image, which is not supported'],
  ['\xd7\xcd\xc6\x9a', 'unknown', 'a Windows metafile, which is not supported'],
  ['FUJIFILMCCD-RAW', 'unknown', 'a raw photo of a camera, which is not supported'],
  ['IIRO', 'unknown', 'a raw photo of a camera, which is not supported'],
  ['IIRS', 'unknown', 'a raw photo of a camera, which is not supported'],
  ['IIU\0', 'unknown', 'a raw photo of a camera, which is not supported'],
  ['MATLAB 5.0 MAT', 'unknown', 'a MATLAB file, which is not supported'],
  ['\x80\x02', 'unknown', 'a Python pickle, which is not supported'],
  ['\x80\x03', 'unknown', 'a Python pickle, which is not supported'],
  ['\x80\x04\x95', 'unknown', 'a Python pickle, which is not supported'],
  ['\x80\x05\x95', 'unknown', 'a Python pickle, which is not supported'],
  ['L\0\0\0\x01\x14\x02\0', 'unknown', 'a shortcut of Windows'],
  ['bplist00', 'unknown', 'a property list of macOS'],
]

const BY_SIGNATURE = SIGNATURES.map(([start, kind, words]) => [start, { kind, words }] as const)

function bySignature(bytes: Uint8Array): FileType | null {
  const start = latin1(bytes, 0, 16)
  for (const [signature, type] of BY_SIGNATURE) if (start.startsWith(signature)) return type
  return null
}

const BMP_HEADER_SIZES: readonly number[] = [12, 16, 40, 52, 56, 64, 108, 124]

function containerOf(bytes: Uint8Array): FileType | null {
  const start = latin1(bytes, 0, 64)
  if (latin1(bytes, 257, 262) === 'ustar') return { kind: 'unknown', words: 'a tar archive' }
  if (/^(?:n\+1|ni1)\0$/.test(latin1(bytes, 344, 348)))
    return { kind: 'unknown', words: 'a NIfTI image, which is not supported' }
  if (latin1(bytes, 128, 132) === 'DICM')
    return { kind: 'unknown', words: 'a DICOM image, which is not supported' }
  if (/^P[1-7fF][\s#]/.test(start))
    return { kind: 'unknown', words: 'a PPM, PGM or PBM image, which is not supported' }
  if (isTga(bytes)) return { kind: 'unknown', words: 'a TGA image, which is not supported' }
  if (start.startsWith('\0\0\x02\0') && start[4] !== '\0') return { kind: 'unknown', words: 'a mouse cursor' }
  if (start.startsWith('BM') && bytes.length >= 18 && BMP_HEADER_SIZES.includes(uint32(bytes, 14)))
    return { kind: 'bmp', words: 'a BMP image' }
  if (start.startsWith('RIFF')) {
    if (start.slice(8, 12) === 'WEBP') return { kind: 'webp', words: 'a WebP image' }
    return { kind: 'unknown', words: 'an audio or video file' }
  }
  if (start.slice(4, 8) !== 'ftyp') return null
  const brands = start.slice(8, 12) + start.slice(16)
  if (/avi[fs]/.test(brands)) return { kind: 'avif', words: 'an AVIF image' }
  if (/hei[cxms]|hev[cxms]|mif1|msf1/.test(brands)) return { kind: 'heic', words: 'a HEIC image' }
  if (brands.startsWith('crx '))
    return { kind: 'unknown', words: 'a raw photo of a camera, which is not supported' }
  return { kind: 'unknown', words: 'a video' }
}

/** By its footer, or by a header of an uncompressed or run-length colour image (Truevision TGA 2.0). */
function isTga(bytes: Uint8Array): boolean {
  if (latin1(bytes, bytes.length - 18, bytes.length - 2) === 'TRUEVISION-XFILE') return true
  const isHeader = [0, 1].includes(bytes[1] ?? 9) && [2, 10].includes(bytes[2] ?? 0) && bytes[0] === 0
  const hasNoPalette = bytes.subarray(3, 8).every((byte) => byte === 0)
  const hasSize = ((bytes[12] ?? 0) | (bytes[13] ?? 0)) > 0 && ((bytes[14] ?? 0) | (bytes[15] ?? 0)) > 0
  return bytes.length > 18 && isHeader && hasNoPalette && hasSize && [16, 24, 32].includes(bytes[16] ?? 0)
}

/** The order matters: an SVG may start with an XML declaration, a page may contain an SVG. */
function textOf(bytes: Uint8Array): FileType | null {
  const text = decodedText(bytes)
  if (text === null) return null
  const opening = text.replace(
    /^\s*(?:<\?xml[^>]*\?>|<!--[\s\S]*?-->|<!doctype\s+svg[^[>]*(?:\[[\s\S]*?\])?[^>]*>|\s+)*/i,
    '',
  )
  if (/^<(?:\w+:)?svg[\s>]/i.test(opening))
    return { kind: 'svg', words: 'an SVG drawing, which is not supported' }
  if (
    /^<(?:!doctype\s+html|html|head|body|script|iframe|meta|title|div|p|table|a|img|h1)[\s>]/i.test(opening)
  )
    return { kind: 'html', words: 'an HTML page' }
  if (/<svg[\s>]/i.test(text)) return { kind: 'svg', words: 'an SVG drawing, which is not supported' }
  if (/^<\?xml/i.test(text.trimStart())) return { kind: 'text', words: 'an XML file' }
  if (
    /^(?:import |from \w+ import |const |let |var |function |"use strict"|'use strict'|@echo off)/.test(
      opening,
    )
  )
    return { kind: 'script', words: 'a script' }
  if (/^\s*[[{]\s*["[{]/.test(text)) return { kind: 'text', words: 'a JSON file' }
  if (text.startsWith('version https://git-lfs.github.com/'))
    return { kind: 'text', words: 'a placeholder of Git LFS, to be replaced by "git lfs pull"' }
  if (/^(?:data:image\/[\w.+-]+;base64,|iVBORw0KGgo|\/9j\/|R0lGOD|UklGR)/.test(text.trimStart()))
    return { kind: 'text', words: 'an image in Base64, to be decoded first' }
  return { kind: 'text', words: 'a text file' }
}

function decodedText(bytes: Uint8Array): string | null {
  const head = bytes.subarray(0, TEXT_BYTES)
  const isUtf16 =
    head.length >= 2 && ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff))
  if (isUtf16) return new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head)
  for (const byte of head)
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13) return null
  try {
    // A character may be cut at the end of what is read: `stream` leaves it out instead of refusing the text.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
  } catch {
    return null
  }
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to)

const uint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
  0
