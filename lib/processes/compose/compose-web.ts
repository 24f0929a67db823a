/**
 * Composes the program of a process that answers requests: every module with its dependencies, in the one object
 * that routes and pages use.
 */
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { createAuth } from '#lib/auth/auth.ts'
import { createLimits } from '#lib/auth/rate-limits.ts'
import { sessionSecret } from '#lib/auth/secret.ts'
import type { ManagedMessage } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { onFirstUse } from '#lib/domain/on-first-use.ts'
import { orderFor, probeEngines } from '#lib/engines/open-engine.ts'
import type { Darkroom } from '#lib/http/context.ts'
import { createHeldBodies } from '#lib/http/pending-bodies.ts'
import type { MemoryGrant } from '#lib/images/memory-grant.ts'
import { createAudit } from '#lib/operations/audit.ts'
import { createBackups } from '#lib/operations/backup/backups.ts'
import { createPredictionDeletion } from '#lib/operations/delete-predictions.ts'
import { createHealth } from '#lib/operations/health.ts'
import { watchDisks } from '#lib/operations/disk.ts'
import type { Log } from '#lib/operations/log.ts'
import { createModelUptime } from '#lib/operations/model-uptime.ts'
import { backupSettingsNow, createOwnerSettings } from '#lib/operations/owner-settings.ts'
import { createLogs } from '#lib/operations/read-log.ts'
import type { Traffic } from '#lib/operations/traffic.ts'
import { createTroubles } from '#lib/operations/storage-problems.ts'
import { createFeedback } from '#lib/serving/feedback.ts'
import { composeData } from './compose-data.ts'
import { createReading } from './image-reading.ts'
import { composePermanentDeletion } from './compose-permanent-deletion.ts'
import type { IngestModule } from './compose-ingest.ts'
import type { composeServing } from './compose-serving.ts'
import type { CrashMemory } from '../answering/crash-memory.ts'
import { modelsWithPrecision } from './models-with-precision.ts'
import type { ProcessPlace } from '../start/process-layout.ts'
import { createHostReport } from '../answering/report-host.ts'
import { predictionJobCases } from './prediction-job-cases.ts'
import { servingElsewhere } from './serving-elsewhere.ts'
import type { OpenedEngine } from '#lib/serving/own-engine.ts'
import { composeDecoding } from '../forks/fork-decoding.ts'
import { bodyBudgets, limitSettings, oidcSettings, OPEN_ACTIONS_WARNING } from './access-settings.ts'
import { secretPlace } from './secret-place.ts'
import { publicBytes } from './storage-limits.ts'
import { VERSION, type Start } from '../settings.ts'
import { watchWeb, type WebWatch } from '../answering/watch-web.ts'

export type Web = AsyncDisposable & {
  readonly program: Darkroom
  /** Resolves when predictions can be served, or when the reason that prevents it is known: sentences for
   *  the terminal. */
  readonly begin: () => Promise<readonly string[]>
  readonly hear: WebWatch['hear']
}

type WebParts = {
  readonly log: Log
  readonly traffic: Traffic
  readonly say: (message: ManagedMessage) => void
  /** The part of the memory for decoding that this process may use now. */
  readonly decodeMemory: MemoryGrant
  /** Where it is among the processes of the start, if it is the one that reports this host to the others. */
  readonly place: ProcessPlace | null
  /** How many processes of its kind share the work. */
  readonly siblings: number
  /** Of a process that computes predictions; null in one that does not. */
  readonly computing: {
    readonly openEngine: () => Promise<OpenedEngine>
    readonly crashes: CrashMemory
    readonly composeServing: typeof composeServing
  } | null
}

export async function composeWeb(
  start: Start,
  { log, traffic, say, decodeMemory, place, siblings, computing }: WebParts,
): Promise<Web> {
  const { settings, places } = start
  const startedAt = new Date()
  const now = () => new Date()
  const webId = randomUUID()
  const decoding = composeDecoding(start, log, decodeMemory)
  const reading = createReading(decoding, settings)
  const quota = await publicBytes(start)
  const data = await composeData(start, { webId, thumbnail: reading.thumbnail, anonymousBytes: quota.images })
  const disk = watchDisks({
    DATA_DIR: places.dataDir,
    'the database': path.dirname(places.databaseFile),
    'DATA_DIR/scratch': places.scratchDir,
  })
  const troubles = createTroubles({ writingState: data.writingState, disks: disk.disks })
  const serving = computing
    ? computing.composeServing(start, {
        ...computing,
        webId,
        data,
        decoding,
        log,
        traffic,
        anonymousSaveHindrance: troubles.anonymousSaveHindrance,
      })
    : servingElsewhere({ webId, data, log, states: () => watch.serving() })
  const secret = await sessionSecret(settings.NEXTAUTH_SECRET, secretPlace(start, data))
  const limits = {
    maxImageBytes: settings.MAX_IMAGE_MB * 1024 ** 2,
    maxUploadBytes: settings.MAX_UPLOAD_MB * 1024 ** 2,
  }
  let ingest: IngestModule | null = null
  const backups = createBackups({ data, places, settings: () => backupSettingsNow({ ...start, data }), now })
  const rates = createLimits(limitSettings(settings), data.counts)
  const watch = await watchWeb({
    dataDir: places.dataDir,
    data,
    disk,
    backups,
    rates,
    reportOf: (machine) =>
      place === null
        ? null
        : createHostReport(start, place, {
            hosts: data.hosts,
            images: data.images,
            folders: data.folders,
            machine,
            startedAt,
          }),
    figures: () => traffic.figures(serving.figures()),
    serving: computing ? serving.state : () => null,
    report: say,
    log,
    startedAt,
  })
  const precisionOf = (classifierId: string) => serving.state().precisions[classifierId] ?? null
  const health = createHealth({
    version: VERSION,
    startedAt,
    now,
    data,
    engine: () => ({ name: serving.state().engine, reason: serving.state().engineReason }),
    engines: probeEngines,
    trainingEngine: () => likelyToTrain(settings.TRAINING_ENGINE),
    loaded: (classifierId) => serving.state().versions[classifierId] ?? null,
    precision: precisionOf,
    remote: () => serving.state().remote,
    hindrance: () => serving.state().hindrance,
    worker: watch.worker,
    troubles: () => [
      ...troubles.sentences(),
      ...[serving.state().failing].flatMap((one) => one ?? []),
      ...watch.concerns(),
    ],
  })
  const { maxImageBytes, maxUploadBytes } = limits
  const origin = settings.NEXTAUTH_URL ? new URL(settings.NEXTAUTH_URL).origin : null
  const programSettings = {
    publicPredict: settings.PUBLIC_PREDICT,
    maxImageBytes,
    maxUploadBytes,
    trustProxy: settings.TRUST_PROXY,
    origin,
    host: settings.HOST,
    allowedHosts: settings.ALLOWED_HOSTS,
    openActions: settings.OPEN_ACTIONS,
    corsOrigins: settings.CORS_ORIGINS,
  }
  const program: Darkroom = {
    queries: onFirstUse(async () => {
      const queries = await data.loadQueries()
      return { ...queries, ...modelsWithPrecision(queries, precisionOf) }
    }),
    serving: {
      predict: serving.predict,
      predictBatch: serving.predictBatch,
      refusal: serving.refusal,
      ...createFeedback(data),
      ...predictionJobCases({ data, dataDir: places.dataDir, limits, quota, secret, state: serving.state }),
    },
    ingest: onFirstUse(async () => {
      const { composeIngest } = await import('./compose-ingest.ts')
      ingest = composeIngest(start, { data, reading, limits, log })
      return ingest.cases
    }),
    operations: {
      ...health,
      ...watch.metricCases,
      modelUptime: createModelUptime({ data, startedAt, now }),
      listLogs: createLogs({ dataDir: places.dataDir }),
      ...createOwnerSettings({ ...start, data }),
      ...createAudit({ changes: data.changes, now }),
      ...createPredictionDeletion(data),
      deleteTrash: composePermanentDeletion(data, places.dataDir, backups.backupsContaining),
      ...backups.cases,
    },
    settings: () => programSettings,
    holdBody: createHeldBodies(bodyBudgets(settings, siblings)),
    log,
    auth: createAuth({
      data,
      secret,
      limits: rates,
      openActions: settings.OPEN_ACTIONS,
      oidc: oidcSettings(settings),
      now: () => Date.now(),
    }),
    training: onFirstUse(async () =>
      (await import('./compose-training.ts')).composeTraining(start, data, serving),
    ),
  }

  return {
    program,
    begin: async () => {
      await serving.begin()
      watch.report()
      const { hindrance } = serving.state()
      return [
        ...(hindrance === null ? [] : [hindrance]),
        ...(settings.OPEN_ACTIONS ? [OPEN_ACTIONS_WARNING] : []),
      ]
    },
    hear: watch.hear,
    async [Symbol.asyncDispose]() {
      await watch[Symbol.asyncDispose]()
      await ingest?.[Symbol.asyncDispose]()
      await decoding[Symbol.asyncDispose]()
      await serving[Symbol.asyncDispose]()
      await data.close()
    },
  }
}

/** The installed engine that would train: only a training child can confirm that it works. */
function likelyToTrain(requested: Settings['TRAINING_ENGINE']): EngineName | null {
  const available = probeEngines().flatMap((probe) => (probe.available ? [probe.name] : []))
  return (
    (requested === 'auto' ? orderFor('training') : [requested]).find((name) => available.includes(name)) ??
    null
  )
}
