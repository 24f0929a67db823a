/**
 * The running program as routes and pages use it: one key per module, containing only functions.
 * lib/processes/web composes it and stores it in one property of the global object, because Next's bundles
 * have their own copy of every module.
 */
import type { OidcSignIn, OidcSettings } from '#lib/auth/oidc.ts'
import type { Rate, RateLimitSubject } from '#lib/auth/rate-state.ts'
import type { LoginSession } from '#lib/auth/session.ts'
import type * as c from '#lib/contracts/index.ts'
import type { DarkroomError } from '#lib/domain/errors.ts'
import type { MaybePromise } from '#lib/domain/maybe-promise.ts'
import type { Caller, Contract, Input, RateLimitName, Output } from '#lib/contracts/contract.ts'
import type { ClassEdits } from '#lib/ingest/edit-classes.ts'
import type { ClassifierEdits } from '#lib/ingest/edit-classifiers.ts'
import type { SampleEdits } from '#lib/ingest/edit-samples.ts'
import type { PhoneImageCases } from '#lib/ingest/phone-images.ts'
import type { IngestAnswers } from '#lib/ingest/ports.ts'
import type { Queries } from '#lib/queries/queries.ts'
import type { NetworkCases } from '#lib/training/pretrained/network-cases.ts'
import type { AutoRetrainCases } from '#lib/training/retrain/auto-retrain.ts'
import type { BackboneCases } from '#lib/training/pretrained/backbone-cases.ts'
import type { ForecastCases } from '#lib/training/retrain/forecast-retrain.ts'
import type { RetrainCases } from '#lib/training/retrain/retrain.ts'
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

/** Use cases as their module offers them; a route passes its context to those that ignore it, too. */
type WithContext<Cases> = {
  readonly [Name in keyof Cases]: Cases[Name] extends (input: infer Values, ...more: never[]) => infer Answer
    ? (input: Values, context: RequestContext) => Answer
    : never
}

export type Darkroom = {
  readonly serving: {
    readonly predict: RouteUseCase<'POST /api/predict'>
    readonly predictBatch: RouteUseCase<'POST /api/predict/batch'>
    readonly giveFeedback: RouteUseCase<'POST /api/predictions/{id}/feedback'>
    readonly giveFeedbackOnMany: RouteUseCase<'POST /api/predictions/feedback'>
    readonly createPredictionJob: RouteUseCase<'POST /api/predict/jobs'>
    readonly cancelPredictionJob: RouteUseCase<'POST /api/predict/jobs/{id}/cancel'>
    readonly deletePredictionJob: RouteUseCase<'DELETE /api/predict/jobs/{id}'>
    /**
     * Why one more prediction would be refused now because it would wait too long; null when it would be
     * accepted. Counts as a refusal.
     */
    readonly refusal: () => DarkroomError | null
  }
  readonly queries: Queries
  readonly ingest: WithContext<
    IngestAnswers & PhoneImageCases & ClassEdits & ClassifierEdits & SampleEdits
  > & {
    readonly dataFeatures: RouteUseCase<'GET /api/data/features'>
    readonly checkFindings: RouteUseCase<'POST /api/findings'>
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
      BackboneCases &
      NetworkCases
  >
  readonly operations: {
    readonly health: RouteUseCase<'GET /api/health'>
    readonly healthLive: RouteUseCase<'GET /api/health/live'>
    readonly healthReady: RouteUseCase<'GET /api/health/ready'>
    readonly metrics: RouteUseCase<'GET /api/metrics'>
    readonly metricsHistory: RouteUseCase<'GET /api/metrics/history'>
    readonly modelUptime: RouteUseCase<'GET /api/model/uptime'>
    readonly listLogs: RouteUseCase<'GET /api/logs'>
    readonly listSettings: RouteUseCase<'GET /api/settings'>
    readonly changeSettings: RouteUseCase<'PATCH /api/settings'>
    readonly listAudit: RouteUseCase<'GET /api/audit'>
    readonly listBackups: RouteUseCase<'GET /api/backups'>
    readonly createBackup: RouteUseCase<'POST /api/backups'>
    readonly exportAudit: RouteUseCase<'GET /api/audit/export'>
    readonly deleteTrash: RouteUseCase<'DELETE /api/trash/{id}'>
    readonly deletePrediction: RouteUseCase<'DELETE /api/predictions/{id}'>
    readonly deletePredictions: RouteUseCase<'DELETE /api/predictions'>
    /** The authors and actions that the audit log can be filtered by. */
    readonly auditNames: () => Promise<{
      readonly by: readonly string[]
      readonly actions: readonly string[]
    }>
    /** Records a change in the audit log. */
    readonly noteChange: (change: {
      readonly by: string
      readonly action: string
      readonly subject: string | null
      readonly byId?: string | null
      readonly subjectId?: string | null
      readonly classifier?: string | null
      readonly detail?: string | null
    }) => Promise<void>
  }
  readonly auth: {
    readonly firstAdmin: RouteUseCase<'POST /api/setup'>
    /** Whether the first admin has not been created yet. */
    readonly needsFirstAdmin: () => Promise<boolean>
    /** Checks a password; null when it is wrong, which takes as long as when it is correct. */
    readonly login: (
      email: string,
      password: string,
    ) => Promise<{ id: string; name: string; email: string; role: 'viewer' | 'editor' | 'admin' } | null>
    /** The name of the person with this email address; null if there is none. */
    readonly nameAt: (email: string) => Promise<string | null>
    /** Whether a session is still valid: a logout, a changed password or a deactivated account ends it. */
    readonly isLive: (session: LoginSession) => Promise<boolean>
    readonly logout: (session: LoginSession) => Promise<void>
    readonly listKeys: RouteUseCase<'GET /api/keys'>
    readonly createKey: RouteUseCase<'POST /api/keys'>
    readonly revokeKey: RouteUseCase<'DELETE /api/keys/{id}'>
    readonly createPhoneLink: RouteUseCase<'POST /api/phone-links'>
    readonly endPhoneLink: RouteUseCase<'DELETE /api/phone-links/{id}'>
    /** The id of the phone link with this token; throws where it cannot be used. */
    readonly linkOf: (token: string) => Promise<string>
    readonly listUsers: RouteUseCase<'GET /api/users'>
    readonly createUser: RouteUseCase<'POST /api/users'>
    readonly changeUser: RouteUseCase<'PATCH /api/users/{id}'>
    readonly deleteUser: RouteUseCase<'DELETE /api/users/{id}'>
    readonly createResetLink: RouteUseCase<'POST /api/users/{id}/reset-link'>
    readonly resetPassword: RouteUseCase<'POST /api/reset'>
    /** The email address of a reset link's owner; null if the link is not valid. */
    readonly emailOfResetLink: (token: string) => Promise<string | null>
    readonly getAccount: RouteUseCase<'GET /api/account'>
    readonly changePassword: RouteUseCase<'POST /api/account/password'>
    readonly endSessions: RouteUseCase<'DELETE /api/account/sessions'>
    readonly readNotices: RouteUseCase<'POST /api/notices/read'>
    /** How people sign in with OIDC; null if it is not configured. */
    readonly oidc: () => OidcSettings | null
    readonly signIn: OidcSignIn['signIn']
    /** The caller, from an API key or a session cookie. Throws for an invalid key. */
    readonly callerOf: (headers: Pick<Headers, 'get'>) => Promise<Caller>
    /**
     * Counts one more request of a class and returns whether it exceeds the limit; null where no limit
     * applies.
     */
    readonly rate: (limited: RateLimitName, subject: RateLimitSubject) => MaybePromise<Rate | null>
    /** Undoes a count: the request was not one of those that are limited. */
    readonly undoCount: (limited: RateLimitName, subject: RateLimitSubject) => Promise<void>
    /** Signs session cookies. */
    readonly secret: () => string
  }
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
