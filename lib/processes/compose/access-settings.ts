/**
 * Translates the owner's settings for anonymous clients and rate limits into the options of auth, and into
 * warnings for the terminal.
 */
import type { LimitSettings } from '#lib/auth/rate-limits.ts'
import type { OidcSettings } from '#lib/auth/oidc.ts'
import { allowanceOf, type Allowance } from '#lib/domain/rate-limit.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { BodyBudgets } from '#lib/http/pending-bodies.ts'
import { memoryMb } from '#lib/operations/memory-limits.ts'

export const OPEN_ACTIONS_WARNING =
  'OPEN_ACTIONS is on: anyone who can reach this address can read the history, upload, retrain ' +
  'and promote. Use it only on a trusted network.'

/**
 * Wrong passwords from one address, for all accounts together, as a multiple of those for one: people
 * behind one router have several accounts.
 */
const ACCOUNTS = 5

export function limitSettings(settings: Settings): LimitSettings {
  const login = allowed(settings.RATE_LIMIT_LOGIN)
  return {
    isEnabled: settings.RATE_LIMIT_ENABLED,
    allowances: {
      predict: allowed(settings.RATE_LIMIT_PREDICT),
      batch: allowed(settings.RATE_LIMIT_BATCH),
      upload: allowed(settings.RATE_LIMIT_UPLOAD),
      retrain: allowed(settings.RATE_LIMIT_RETRAIN),
      evaluate: allowed(settings.RATE_LIMIT_EVALUATE),
      login,
      logins: { ...login, points: login.points * ACCOUNTS },
    },
    keyTimes: settings.RATE_LIMIT_KEY_TIMES,
  }
}

const allowed = (text: string): Allowance => allowanceOf(text)! // the settings were checked at start

const MIB = 1024 ** 2
/**
 * The share of all memory for requests of anonymous clients until they are answered; never more than half a
 * gigabyte.
 */
const SHARE_OF_MEMORY = 1 / 8
const MOST_MEMORY_MB = 512
/** How many addresses may each occupy the maximum of one address. */
const ADDRESSES = 4
/** An image as a data URL in JSON is a third longer, and there are other fields. */
const asJson = (imageMb: number): number => (imageMb * 4) / 3 + 1

/**
 * For one process; `siblings`: how many of its kind share the work. With OPEN_ACTIONS anonymous clients may upload
 * as much as others.
 */
export function bodyBudgets(settings: Settings, siblings: number): BodyBudgets {
  const { MAX_IMAGE_MB, MAX_UPLOAD_MB, MAX_UPLOAD_MB_PUBLIC, OPEN_ACTIONS } = settings
  const one = asJson(MAX_IMAGE_MB)
  const memory = Math.max(Math.min(memoryMb(settings) * SHARE_OF_MEMORY, MOST_MEMORY_MB) / siblings, 2 * one)
  const disk = OPEN_ACTIONS ? MAX_UPLOAD_MB : Math.min(MAX_UPLOAD_MB, MAX_UPLOAD_MB_PUBLIC)
  return {
    memory: { perAddress: Math.max(memory / ADDRESSES, one) * MIB, inAll: memory * MIB },
    disk: { perAddress: disk * MIB, inAll: (ADDRESSES * disk * MIB) / siblings },
  }
}

export function oidcSettings({
  OIDC_ISSUER,
  OIDC_CLIENT_ID,
  OIDC_CLIENT_SECRET,
  OIDC_ADMINS,
}: Settings): OidcSettings | null {
  if (OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined || OIDC_CLIENT_SECRET === undefined)
    return null
  return {
    issuer: OIDC_ISSUER,
    clientId: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    admins: OIDC_ADMINS,
  }
}
