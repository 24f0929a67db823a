/** First bytes of images that make child.fakes.ts misbehave. */
export const HANGS = 0xfe
export const KILLS = 0xff
export const IS_CORRUPT = 0xfd
export const CRASHES = 0xfc
