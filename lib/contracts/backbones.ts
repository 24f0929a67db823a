/** Pretrained networks: those that are installed, those that can be downloaded, and ONNX files as further ones. */
import { z } from 'zod'

/** Those that Darkroom knows how to download (lib/training/pretrained/catalogue.ts). */
export const CATALOGUE_NAMES = ['mobilenet-v2-035', 'dinov2-small'] as const
export type CatalogueName = (typeof CATALOGUE_NAMES)[number]

export const NORMALISATIONS = ['imagenet', 'clip', '0..1', '-1..1', '0..255'] as const
export type Normalisation = (typeof NORMALISATIONS)[number]

/** `checksums.json` next to the networks: SHA-256 by name. */
export const checksumPins = z.record(z.string(), z.array(z.string().length(64)).readonly())
