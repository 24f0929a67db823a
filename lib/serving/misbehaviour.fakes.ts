/** The first byte of a picture over which child.fakes.ts misbehaves. */
export const HANGS = 0xfe
export const KILLS = 0xff
export const IS_CORRUPT = 0xfd
