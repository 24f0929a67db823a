/** What an owner's settings say about strangers and about who asks too often, in the words that auth and the terminal want. */
import type { LimitSettings } from '#lib/auth/limits.ts'
import type { Settings } from '#lib/contracts/settings.ts'

export const OPEN_ACTIONS_WARNING = 'OPEN_ACTIONS is on: everybody who reaches this address may read the history, upload, retrain and promote. Use it only where you trust all of them.'

export const limitSettings = (settings: Settings): LimitSettings => ({
  isEnabled: settings.RATE_LIMIT_ENABLED,
  perMinute: {
    predict: settings.RATE_LIMIT_PREDICT,
    batch: settings.RATE_LIMIT_BATCH,
    upload: settings.RATE_LIMIT_UPLOAD,
    retrain: settings.RATE_LIMIT_RETRAIN,
    evaluate: settings.RATE_LIMIT_EVALUATE,
    login: settings.RATE_LIMIT_LOGIN,
  },
  keyTimes: settings.RATE_LIMIT_KEY_TIMES,
})
