/** Recognises clients without a login again without storing their network address: a keyed hash of it. It expires
 *  with the secret, and is no proof of identity. */
import { createHmac } from 'node:crypto'
import { placeOf } from './rate-limits.ts'

const LENGTH = 22 // 132 bits

export const pseudonymFor =
  (secret: string) =>
  (address: string): string =>
    createHmac('sha256', secret)
      .update(`network address ${placeOf(address)}`)
      .digest('base64url')
      .slice(0, LENGTH)
