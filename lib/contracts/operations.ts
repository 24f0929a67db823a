/** The state of the product: health, figures of the machine, and the setup of the first admin. */
import { z } from 'zod'
import { REMOTE_STATES } from './ipc.ts'
import { contract } from './contract.ts'
import { classifierId, engine, nameOf, time, versionName } from './fields.ts'
import { password } from './people.ts'
import { PRECISIONS } from './precision.ts'

const part = z.object({ ok: z.boolean(), detail: z.string() })

export const health = contract({
  method: 'GET',
  path: '/api/health',
  scope: 'open',
  summary: 'Get the state of the database, worker, engines and live versions',
  input: z.object({}),
  output: z.object({
    status: z
      .enum(['healthy', 'degraded', 'starting', 'unhealthy'])
      .describe(
        'degraded: predictions work, but something needs attention, such as a promoted version that ' +
          'cannot be loaded; see reasons',
      ),
    ready: z.boolean(),
    reasons: z.array(z.string()),
    version: z.string(),
    uptime_seconds: z.number(),
    model_loaded: z.boolean(),
    engine: engine.nullable(),
    engines: z.array(
      z.object({ name: engine, state: z.enum(['serving', 'available', 'unavailable']), detail: z.string() }),
    ),
    training_engine: engine.nullable(),
    inference_endpoint: z
      .array(
        z.object({
          classifier: classifierId,
          version: versionName,
          state: z.enum(REMOTE_STATES),
          reason: z.string().nullable().describe('why the local engine predicts instead'),
        }),
      )
      .describe('the loaded versions at INFERENCE_URL; empty without it'),
    web: part,
    database: part,
    worker: part,
    champions: z.array(
      z.object({
        classifier: classifierId,
        version: versionName.describe('the promoted version'),
        is_loaded: z.boolean(),
        live_version: versionName
          .nullable()
          .describe(
            'the version that serves predictions; differs from version while the promoted version ' +
              'cannot be loaded; null if none can',
          ),
        fault: z.string().nullable().describe('why the promoted version cannot be loaded'),
        precision: z
          .enum(PRECISIONS)
          .nullable()
          .describe('numeric format of its predictions (PRECISION); null while it is not loaded'),
        precision_reason: z.string().nullable().describe('why, where there was a choice'),
      }),
    ),
  }),
  errors: ['not_ready'],
})

export const healthLive = contract({
  method: 'GET',
  path: '/api/health/live',
  scope: 'open',
  summary: 'Check liveness: whether this process responds',
  input: z.object({}),
  output: z.object({ status: z.literal('alive'), uptime_seconds: z.number() }),
})

export const healthReady = contract({
  method: 'GET',
  path: '/api/health/ready',
  scope: 'open',
  summary: 'Check readiness: whether predictions can be made now; 503 with reasons if not',
  input: z.object({}),
  output: z.object({ status: z.literal('ready') }),
  errors: ['not_ready'],
})

const processFigures = z.object({
  name: z.string(),
  pid: z.number().int(),
  memory_mb: z.number(),
  cpu_percent: z.number(),
})

export const metrics = contract({
  method: 'GET',
  path: '/api/metrics',
  scope: 'open',
  summary: 'Get metrics of the machine and the traffic',
  input: z.object({}),
  output: z.object({
    cpu_percent: z.number(),
    memory_percent: z.number(),
    disk_percent: z.number(),
    uptime: z.string().describe('"2d 5h 23m 15s"'),
    uptime_seconds: z.number(),
    cores: z.number().int(),
    memory_total_mb: z.number(),
    processes: z.array(processFigures).describe('of this host'),
    hosts: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          role: z.string().describe('ROLE'),
          version: z.string(),
          is_live: z.boolean().describe('reported within the last 15 seconds'),
          started_at: time,
          last_seen: time,
          processes: z.array(processFigures),
        }),
      )
      .describe('all that share the data, as they last reported; those that ended are listed for an hour'),
    requests: z.object({ total: z.number().int(), errors: z.number().int(), per_second: z.number() }),
    predictions: z.object({
      total: z.number().int(),
      per_second: z.number(),
      latency_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable(),
      queue: z.number().int(),
      mean_batch: z.number().nullable(),
      cache: z
        .object({ hits: z.number().int(), misses: z.number().int() })
        .describe(
          'predictions for images that were sent before (PREDICTION_CACHE_MB); both 0 without a cache',
        ),
    }),
    timestamp: time,
  }),
})

/** Without the processes and hosts, which are only current. */
const figuresThen = metrics.output.omit({ processes: true, hosts: true })

export const metricsHistory = contract({
  method: 'GET',
  path: '/api/metrics/history',
  scope: 'open',
  summary: 'Get the same metrics every few seconds, over the last 15 minutes of this process',
  input: z.object({}),
  output: z.object({ every_seconds: z.number(), points: z.array(figuresThen).describe('oldest first') }),
})

/** Creating the first admin: possible once, with the token that the first start printed. */
export const firstAdmin = contract({
  method: 'POST',
  path: '/api/setup',
  scope: 'open',
  summary: 'Create the administrator account with the one-time setup token',
  body: 'json',
  status: 201,
  input: z.object({
    token: z.string().min(10).max(200),
    name: nameOf(80),
    email: z.email().max(200),
    password,
  }),
  output: z.object({ id: z.uuid(), email: z.string() }),
  errors: ['forbidden', 'conflict', 'invalid_input'],
})
