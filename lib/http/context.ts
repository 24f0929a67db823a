/**
 * The running program as routes and pages use it: one key per module, containing only functions.
 * lib/processes/web composes it and stores it in one property of the global object, because Next's bundles
 * have their own copy of every module.
 */
import type { Auth } from '#lib/auth/auth.ts'
import type { Caller, Contract, Input, Output } from '#lib/contracts/contract.ts'
import type * as c from '#lib/contracts/index.ts'
import type { DarkroomError } from '#lib/domain/errors.ts'
import type { ClassEdits } from '#lib/ingest/edit-classes.ts'
import type { ClassifierEdits } from '#lib/ingest/edit-classifiers.ts'
import type { SampleEdits } from '#lib/ingest/edit-samples.ts'
import type { PhoneImageCases } from '#lib/ingest/phone-images.ts'
import type { IngestAnswers } from '#lib/ingest/ports.ts'
import type { Audit } from '#lib/operations/audit.ts'
import type { BackupCases } from '#lib/operations/backup/backups.ts'
import type { PredictionDeletion } from '#lib/operations/delete-predictions.ts'
import type { Health } from '#lib/operations/health.ts'
import type { MetricCases } from '#lib/operations/metrics.ts'
import type { OwnerSettings } from '#lib/operations/owner-settings.ts'
import type { Queries } from '#lib/queries/queries.ts'
import type { FeedbackCases } from '#lib/serving/feedback.ts'
import type { PredictionJobCases } from '#lib/serving/prediction-jobs/cases.ts'
import type { NetworkCases } from '#lib/training/pretrained/network-cases.ts'
import type { AutoRetrainCases } from '#lib/training/retrain/auto-retrain.ts'
import type { BackboneCases } from '#lib/training/pretrained/backbone-cases.ts'
import type { ForecastCases } from '#lib/training/retrain/forecast-retrain.ts'
import type { RetrainCases } from '#lib/training/retrain/retrain.ts'
import type { ImportCases } from '#lib/training/import/import-cases.ts'
import type { CarryCases } from '#lib/training/versions/carry-classifiers.ts'
import type { SnapshotCases } from '#lib/training/versions/snapshots.ts'
import type { BrowserModelCases } from '#lib/training/versions/browser-model.ts'
import type { VersionCases } from '#lib/training/versions/versions.ts'
import type { HoldBody } from './pending-bodies.ts'

/**
 * `address`: the network address of the client, empty for a page. `origin`: the public address, for links that are
 * shown to people.
 */
export type RequestContext = {
  readonly caller: Caller
  readonly address: string
  readonly signal: AbortSignal
  readonly requestId: string
  readonly origin: string
}

/**
 * Implements a contract: takes its parsed input and the request's context; returns its output or throws a
 * DarkroomError. For an `events` contract it returns an async iterable.
 */
export type UseCase<C extends Contract> = (
  input: Input<C>,
  context: RequestContext,
) => Promise<C['answer'] extends 'events' ? AsyncIterable<Output<C>> : Output<C>>

type RouteUseCase<Name extends keyof c.Routes> = UseCase<c.Routes[Name]>

/** Use cases as their module offers them. A route passes its input and context to all of them; those that take less
 *  ignore the rest. */
type WithContext<Cases> = {
  readonly [Name in keyof Cases]: Cases[Name] extends () => infer Answer
    ? (input?: object, context?: RequestContext) => Answer
    : Cases[Name] extends (input: infer Values) => infer Answer
      ? (input: Values, context?: RequestContext) => Answer
      : Cases[Name]
}

export type Darkroom = {
  readonly serving: {
    readonly predict: RouteUseCase<'POST /api/predict'>
    readonly predictBatch: RouteUseCase<'POST /api/predict/batch'>
    /**
     * Why one more prediction would be refused now because it would wait too long; null when it would be
     * accepted. Counts as a refusal.
     */
    readonly refusal: () => DarkroomError | null
  } & WithContext<FeedbackCases & PredictionJobCases>
  readonly queries: Queries
  readonly ingest: WithContext<
    IngestAnswers & PhoneImageCases & ClassEdits & ClassifierEdits & SampleEdits
  > & {
    readonly dataFeatures: RouteUseCase<'GET /api/data/features'>
    readonly checkFindings: RouteUseCase<'POST /api/findings'>
    readonly cancelFindings: RouteUseCase<'DELETE /api/findings'>
    readonly dismissFindings: RouteUseCase<'PATCH /api/findings'>
  }
  readonly training: WithContext<
    RetrainCases &
      AutoRetrainCases &
      ForecastCases &
      VersionCases &
      SnapshotCases &
      BrowserModelCases &
      CarryCases &
      ImportCases &
      BackboneCases &
      NetworkCases
  >
  readonly operations: WithContext<
    Health & MetricCases & OwnerSettings & Audit & BackupCases & PredictionDeletion
  > & {
    readonly modelUptime: RouteUseCase<'GET /api/model/uptime'>
    readonly listLogs: RouteUseCase<'GET /api/logs'>
    readonly deleteTrash: RouteUseCase<'DELETE /api/trash/{id}'>
  }
  readonly auth: WithContext<Auth>
  /** Counts the body of an anonymous client while it is read. */
  readonly holdBody: HoldBody
  readonly settings: () => {
    readonly publicPredict: boolean
    /** Anonymous clients may upload, retrain and promote: every page shows a warning. */
    readonly openActions: boolean
    readonly maxImageBytes: number
    readonly maxUploadBytes: number
    readonly trustProxy: boolean
    readonly origin: string | null
    /** The address that Darkroom listens on, and the host names that it accepts in addition to its own. */
    readonly host: string
    readonly allowedHosts: readonly string[]
    /** Pages of these origins may call the API; `*` stands for all. */
    readonly corsOrigins: readonly string[]
  }
  /** Writes one log line; `error` is logged with its stack. */
  readonly log: (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    about?: Readonly<Record<string, unknown>>,
  ) => void
}

const SLOT = Symbol.for('darkroom')
type Slot = { [SLOT]?: Darkroom }

/**
 * The running program. Throws a plain error if none was opened: pages only run inside the product's own
 * server.
 */
export function darkroom(): Darkroom {
  const running = (globalThis as Slot)[SLOT]
  if (!running)
    throw new Error('Darkroom is not running in this process. Start it with `npm start` or `npm run dev`.')
  return running
}

export function open(program: Darkroom): void {
  ;(globalThis as Slot)[SLOT] = program
}
