/**
 * Passwords as argon2id in the PHC string format, checked in the same time whether the person exists or
 * not. It stores nothing.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** OWASP Password Storage Cheat Sheet, argon2id: 19 MiB, 2 passes, 1 lane. */
const MEMORY_KIB = 19_456
const PASSES = 2
const LANES = 1
const TAG_BYTES = 32
const SALT_BYTES = 16

const PARAMETERS = `m=${MEMORY_KIB},t=${PASSES},p=${LANES}`
const STORED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
/** Used for unknown addresses, so that the response takes as long. */
const UNKNOWN_USER = `$argon2id$v=19$${PARAMETERS}$${'A'.repeat(22)}$${'A'.repeat(43)}`

const compute = promisify(argon2)

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const tag = await compute('argon2id', {
    message: asBytes(password),
    nonce: salt,
    memory: MEMORY_KIB,
    passes: PASSES,
    parallelism: LANES,
    tagLength: TAG_BYTES,
  })
  return `$argon2id$v=19$${PARAMETERS}$${unpadded(salt)}$${unpadded(tag)}`
}

/** `stored` is null for unknown people: the result is false, after the same work. */
export async function isPasswordRight(password: string, stored: string | null): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', expected = ''] = STORED.exec(stored ?? UNKNOWN_USER) ?? []
  if (memory === undefined) throw new Error('A stored password hash has an unknown format.')
  const tag = Buffer.from(expected, 'base64')
  const found = await compute('argon2id', {
    message: asBytes(password),
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: tag.length,
  })
  return timingSafeEqual(found, tag) && stored !== null
}

/** The same password, however its accents are typed. */
const asBytes = (password: string): Buffer => Buffer.from(password.normalize('NFKC'), 'utf8')
const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
