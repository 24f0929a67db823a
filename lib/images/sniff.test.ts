import { expect, test } from 'vitest'
import { sniff } from './sniff.ts'
import type { Kind } from './sniff.ts'

const text = (words: string): Uint8Array => new TextEncoder().encode(words)
const bytes = (...start: number[]): Uint8Array =>
  Uint8Array.from([...start, ...new Array<number>(40).fill(0)])

test.each<[string, Uint8Array, Kind, string]>([
  ['nothing', new Uint8Array(0), 'empty', 'an empty file'],
  ['a PNG, even a truncated one', bytes(0x89, 0x50, 0x4e, 0x47), 'png', 'a PNG image'],
  ['a JPEG', bytes(0xff, 0xd8, 0xff, 0xe0), 'jpeg', 'a JPEG image'],
  ['a GIF', text('GIF89a..............'), 'gif', 'a GIF image'],
  ['a WebP', text('RIFF....WEBPVP8 ....'), 'webp', 'a WebP image'],
  [
    'a sound in the same container as WebP',
    text('RIFF....WAVEfmt ....'),
    'unknown',
    'an audio or video file',
  ],
  ['an AVIF that calls itself mif1', text('\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf'), 'avif', 'an AVIF image'],
  ['a photograph of a telephone', text('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'heic', 'a HEIC image'],
  ['a video', text('\0\0\0\x18ftypisom\0\0\0\0isomavc1'), 'unknown', 'a video'],
  ['a PDF', text('%PDF-1.7\n%âãÏÓ'), 'pdf', 'a PDF document'],
  ['a ZIP', bytes(0x50, 0x4b, 3, 4), 'zip', 'a ZIP archive'],
  [
    'a page called .jpg',
    text('<!DOCTYPE html><html><body><svg></svg></body></html>'),
    'html',
    'an HTML page',
  ],
  [
    'an SVG',
    text('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'svg',
    'an SVG drawing, which is not supported',
  ],
  [
    'an SVG behind a declaration, a comment and a document type',
    text(
      '﻿<?xml version="1.0"?>\n<!-- hello -->\n<!DOCTYPE svg PUBLIC "x" "y" [<!ENTITY a "b">]>\n<svg width="1">',
    ),
    'svg',
    'an SVG drawing, which is not supported',
  ],
  [
    'an SVG in UTF-16',
    Uint8Array.from(Buffer.from('﻿<svg width="10">', 'utf16le')),
    'svg',
    'an SVG drawing, which is not supported',
  ],
  ['a shell script', text('#!/bin/sh\nrm -rf'), 'script', 'a script'],
  ['a PHP script', text('<?php system($_GET[0]);'), 'script', 'a PHP script'],
  ['a letter', text('Dear Sir, BM was here'), 'text', 'a text file'],
  [
    'a letter that starts as a BMP does',
    text('BMW is a maker of motor cars and of motor cycles.'),
    'text',
    'a text file',
  ],
  [
    'a JPEG 2000',
    bytes(0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20),
    'unknown',
    'a JPEG 2000 image, which is not supported',
  ],
  ['a PPM', text('P6\n48 32\n255\n'), 'unknown', 'a PPM, PGM or PBM image, which is not supported'],
  ['a DICOM', text(`${'\0'.repeat(128)}DICM`), 'unknown', 'a DICOM image, which is not supported'],
  ['an array', bytes(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59), 'unknown', 'a NumPy array, which is not supported'],
  [
    'a TGA',
    bytes(0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 48, 0, 32, 0, 24, 0),
    'unknown',
    'a TGA image, which is not supported',
  ],
  ['JSON', text('{"a": 1}'), 'text', 'a JSON file'],
  ['zeros', new Uint8Array(64), 'unknown', 'only zero bytes: the file was not copied completely'],
  ['a few zeros', bytes(0), 'unknown', 'data of an unknown kind'],
  ['a tar archive', text(`${'a'.repeat(100)}${'\0'.repeat(157)}ustar\0`), 'unknown', 'a tar archive'],
  [
    'a pointer of Git LFS',
    text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
    'text',
    'a placeholder of Git LFS, to be replaced by "git lfs pull"',
  ],
  ['Base64', text('/9j/4AAQSkZJRgABAQAAAQABAAD'), 'text', 'an image in Base64, to be decoded first'],
  ['an EPS', text('%!PS-Adobe-3.0 EPSF-3.0\n'), 'unknown', 'a PostScript drawing, which is not supported'],
  ['a NIfTI', text(`${'\0'.repeat(344)}n+1\0`), 'unknown', 'a NIfTI image, which is not supported'],
  [
    'a raw photo in a container of videos',
    text('\0\0\0\x18ftypcrx \0\0\0\x01crx isom'),
    'unknown',
    'a raw photo of a camera, which is not supported',
  ],
])('%s is recognised by its bytes', (_story, values, kind, words) => {
  expect(sniff(values)).toEqual({ kind, words })
})
