/**
 * Health: whether this process is alive, whether it can answer predictions, and the state of each part, as
 * text. It repairs nothing.
 */
import type { Output } from '#lib/contracts/contract.ts'
import type { ServingState, WorkerState } from '#lib/contracts/ipc.ts'
import type { health, healthLive, healthReady } from '#lib/contracts/operations.ts'
import type { Data } from '#lib/data/data.ts'
import type { LiveVersion } from '#lib/data/versions/version-values.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError, messageOf } from '#lib/domain/errors.ts'

type HealthAnswer = Output<typeof health>

export type HealthParts = {
  readonly version: string
  readonly startedAt: Date
  readonly now: () => Date
  readonly data: { readonly ping: Data['ping']; readonly live: Pick<Data['live'], 'all'> }
  /** The engine that answers, or the reason why none does. */
  readonly engine: () => { readonly name: EngineName | null; readonly reason: string }
  /** Which engines are installed, by their files. */
  readonly engines: () => readonly {
    readonly name: EngineName
    readonly available: boolean
    readonly detail: string
  }[]
  readonly trainingEngine: () => EngineName | null
  /** The version of a classifier that is loaded and answers. */
  readonly loaded: (classifierId: string) => string | null
  /** How that version is computed; null: it is not loaded. */
  readonly precision: (classifierId: string) => ServingState['precisions'][string] | null
  /** Of the endpoint that predicts instead of the engine; empty: there is none. */
  readonly remote: () => ServingState['remote']
  /** The reason why the default classifier cannot answer; null: it can. */
  readonly hindrance: () => string | null
  readonly worker: () => WorkerState
  /** Problems that do not prevent predictions, as sentences. */
  readonly troubles: () => readonly string[]
}

const WORKER_WORDS: Readonly<Record<WorkerState, string>> = {
  running: 'Running',
  starting: 'Starting',
  away: 'Restarting after it ended',
  unresponsive: 'Does not respond',
  stalled: 'Cannot read or write its jobs',
  elsewhere: 'Runs in another instance (ROLE)',
  missing: 'No instance runs one (ROLE)',
}

/** Without it predictions are answered, but training, backups and other jobs wait. */
const WORKER_TROUBLES: Partial<Readonly<Record<WorkerState, string>>> = {
  unresponsive:
    'The worker does not respond, so jobs are waiting. It is restarted after two minutes without a response.',
  stalled: 'The worker has not been able to read or write its jobs for a minute. See the log for details.',
  missing: 'No worker has reported for 15 seconds, so jobs are waiting. Start an instance with ROLE=worker.',
}

export type Health = {
  readonly health: () => Promise<HealthAnswer>
  readonly healthLive: () => Promise<Output<typeof healthLive>>
  readonly healthReady: () => Promise<Output<typeof healthReady>>
}

export function createHealth({
  version,
  startedAt,
  now,
  data,
  engine,
  engines,
  trainingEngine,
  loaded,
  precision,
  remote,
  hindrance,
  worker,
  troubles,
}: HealthParts): Health {
  const uptimeSeconds = () => Math.round((now().getTime() - startedAt.getTime()) / 100) / 10

  async function readHealth(): Promise<HealthAnswer> {
    const database = await data.ping().then(
      () => ({ ok: true, detail: 'Connected' }),
      (error: unknown) => ({ ok: false, detail: messageOf(error) }),
    )
    const live = database.ok ? await data.live.all() : []
    const { name, reason } = engine()
    const hindered = hindrance()
    const reasons = [
      ...(database.ok ? [] : [`The database does not respond: ${database.detail}.`]),
      ...(name === null ? [`No engine is ready yet: ${reason || 'it is starting'}.`] : []),
      ...(hindered === null ? [] : [hindered]),
    ]
    const degradations = [
      ...live.flatMap((one) => warningsAbout(one, loaded(one.promoted.version.classifierId))),
      ...remote().flatMap(remoteTrouble),
      ...troubles(),
      ...[WORKER_TROUBLES[worker()] ?? []].flat(),
    ]
    const isStarting = database.ok && (name === null || hindered !== null) && uptimeSeconds() < 30
    return {
      status: statusOf({ isReady: reasons.length === 0, isWhole: degradations.length === 0, isStarting }),
      ready: reasons.length === 0,
      reasons: [...reasons, ...degradations],
      version,
      uptime_seconds: uptimeSeconds(),
      model_loaded: live.some(({ promoted }) => loaded(promoted.version.classifierId) !== null),
      engine: name,
      engines: engines().map((one) => ({
        name: one.name,
        state: stateOf(one, name),
        detail: one.detail,
      })),
      training_engine: trainingEngine(),
      inference_endpoint: [...remote()],
      web: { ok: true, detail: 'Ready' },
      database,
      worker: { ok: worker() === 'running' || worker() === 'elsewhere', detail: WORKER_WORDS[worker()] },
      champions: live.map(
        ({
          promoted: {
            version: { classifierId, name },
          },
          version,
          reason,
        }) => ({
          classifier: classifierId,
          version: name,
          is_loaded: loaded(classifierId) === name,
          live_version: loaded(classifierId) ?? version?.name ?? null,
          fault: reason,
          precision: precision(classifierId)?.precision ?? null,
          precision_reason: precision(classifierId)?.reason ?? null,
        }),
      ),
    }
  }

  async function readyHealth(): Promise<HealthAnswer> {
    const found = await readHealth()
    if (!found.ready) throw notReady(found)
    return found
  }

  return {
    health: readyHealth,
    healthLive: async () => ({ status: 'alive', uptime_seconds: uptimeSeconds() }),
    healthReady: async () => {
      await readyHealth()
      return { status: 'ready' }
    },
  }
}

function statusOf({
  isReady,
  isWhole,
  isStarting,
}: {
  isReady: boolean
  isWhole: boolean
  isStarting: boolean
}): HealthAnswer['status'] {
  if (isReady) return isWhole ? 'healthy' : 'degraded'
  return isStarting ? 'starting' : 'unhealthy'
}

/** Null where the promoted version is the live one. `inMemory`: the version that this process has loaded. */
function warningsAbout({ promoted, version, reason }: LiveVersion, inMemory: string | null): string[] {
  const { classifierId, name } = promoted.version
  if (reason === null) return []
  const instead = version?.name ?? inMemory
  const now =
    instead === null
      ? 'No earlier live version can be loaded either, so predictions are unavailable.'
      : `Version ${instead} serves predictions until its files are restored.`
  return [`Version ${name} of "${classifierId}" cannot be loaded: ${reason.replace(/\.$/, '')}. ${now}`]
}

const remoteTrouble = ({ classifier, version, reason }: ServingState['remote'][number]): readonly string[] =>
  reason === null
    ? []
    : [
        `The inference endpoint is not used for ${classifier} ${version}: ${reason}. The local engine predicts.`,
      ]

function notReady({ reasons, ...rest }: HealthAnswer): DarkroomError {
  const words = {
    what: 'Darkroom is not ready',
    why: reasons.join(' ').replace(/\.$/, ''),
    remedy: 'Try again in a few seconds. See the log for details.',
  }
  return new DarkroomError('not_ready', words, {
    retryAfterSeconds: 2,
    members: { reasons, health: { reasons, ...rest } },
  })
}

function stateOf(
  { name, available }: { readonly name: EngineName; readonly available: boolean },
  serving: EngineName | null,
): HealthAnswer['engines'][number]['state'] {
  if (name === serving) return 'serving'
  return available ? 'available' : 'unavailable'
}
