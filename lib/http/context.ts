/** The running program, as routes and pages see it: one key per room, and nothing but functions. It is
 *  composed in lib/processes/web and lies in one slot of the global object, because Next's bundles hold their
 *  own copy of every module. */
import type { OidcDesk, OidcSettings } from '#lib/auth/oidc.ts'
import type { Rate, WhoAsks } from '#lib/auth/rate.ts'
import type { LoginSession } from '#lib/auth/session.ts'
import type * as c from '#lib/contracts/index.ts'
import type { DarkroomError } from '#lib/domain/errors.ts'
import type { Caller, Contract, Input, Limited, Output } from '#lib/contracts/contract.ts'
import type { Subject, SubjectKind } from '#lib/contracts/subjects.ts'
import type { HoldBody } from './pending-bodies.ts'

/** `origin`: the address that people use, for links that are handed over. */
export type Asked = {
  readonly caller: Caller
  readonly signal: AbortSignal
  readonly requestId: string
  readonly origin: string
}

/** What answers a contract: its input, parsed, and who asks; its output, or a DarkroomError. An `events`
 *  contract answers an async iterable. */
export type UseCase<C extends Contract> = (
  input: Input<C>,
  asked: Asked,
) => Promise<C['answer'] extends 'events' ? AsyncIterable<Output<C>> : Output<C>>

type For<Name extends keyof c.Routes> = UseCase<c.Routes[Name]>

export type Darkroom = {
  readonly serving: {
    readonly predict: For<'POST /api/predict'>
    readonly predictBatch: For<'POST /api/predict/batch'>
    /** Why one more prediction would be refused now, as it would wait too long; null: it would not. Counts as
     *  a refusal. */
    readonly refusal: () => DarkroomError | null
  }
  readonly data: {
    readonly listPredictions: For<'GET /api/predictions'>
    readonly exportPredictions: For<'GET /api/predictions/export'>
    readonly getPrediction: For<'GET /api/predictions/{id}'>
    readonly predictionImage: For<'GET /api/predictions/{id}/image'>
    readonly deletePrediction: For<'DELETE /api/predictions/{id}'>
    readonly deletePredictions: For<'DELETE /api/predictions'>
    readonly giveFeedback: For<'POST /api/predictions/{id}/feedback'>
    readonly statistics: For<'GET /api/statistics'>
    readonly listClassifiers: For<'GET /api/classifiers'>
    readonly getClassifier: For<'GET /api/classifiers/{id}'>
    readonly createClassifier: For<'POST /api/classifiers'>
    readonly changeClassifier: For<'PATCH /api/classifiers/{id}'>
    readonly deleteClassifier: For<'DELETE /api/classifiers/{id}'>
    readonly listClasses: For<'GET /api/classes'>
    readonly listUploads: For<'GET /api/uploads'>
    readonly getUpload: For<'GET /api/uploads/{id}'>
    readonly listSamples: For<'GET /api/samples'>
    readonly changeSamples: For<'PATCH /api/samples'>
    readonly changeSample: For<'PATCH /api/samples/{id}'>
    readonly deleteSample: For<'DELETE /api/samples/{id}'>
    readonly sampleImage: For<'GET /api/samples/{id}/image'>
    readonly listChanges: For<'GET /api/changes'>
    readonly getChange: For<'GET /api/changes/{id}'>
    readonly undoChange: For<'POST /api/changes/{id}/undo'>
    readonly listTrash: For<'GET /api/trash'>
    readonly deleteTrash: For<'DELETE /api/trash/{id}'>
    readonly restoreTrash: For<'POST /api/trash/{id}/restore'>
    readonly dataSummary: For<'GET /api/data/summary'>
    readonly retrainStatus: For<'GET /api/retrain/status'>
    readonly listRuns: For<'GET /api/runs'>
    readonly getRun: For<'GET /api/runs/{id}'>
    readonly runEvents: For<'GET /api/runs/{id}/events'>
    readonly listModels: For<'GET /api/models'>
    readonly getModel: For<'GET /api/models/{id}'>
    /** A thing by its name, and whose it is; null where there is none. */
    readonly findSubject: (kind: SubjectKind, id: string) => Promise<Subject | null>
  }
  readonly ingest: {
    readonly upload: For<'POST /api/upload'>
    readonly undoUpload: For<'DELETE /api/uploads/{id}'>
    readonly dataFeatures: For<'GET /api/data/features'>
  }
  readonly training: {
    readonly retrain: For<'POST /api/retrain'>
    readonly forecastRetrain: For<'POST /api/retrain/forecast'>
    readonly cancelRun: For<'POST /api/runs/{id}/cancel'>
    readonly resumeRun: For<'POST /api/runs/{id}/resume'>
    readonly compareModels: For<'GET /api/models/{id}/compare'>
    readonly promoteModel: For<'POST /api/models/{id}/promote'>
    readonly rollback: For<'POST /api/models/rollback'>
    readonly downloadModel: For<'GET /api/models/{id}/download'>
    readonly deleteModel: For<'DELETE /api/models/{id}'>
    readonly modelInfo: For<'GET /api/model/info'>
    readonly evaluateModel: For<'POST /api/model/evaluate'>
  }
  readonly operations: {
    readonly health: For<'GET /api/health'>
    readonly healthLive: For<'GET /api/health/live'>
    readonly healthReady: For<'GET /api/health/ready'>
    readonly metrics: For<'GET /api/metrics'>
    readonly metricsHistory: For<'GET /api/metrics/history'>
    readonly modelUptime: For<'GET /api/model/uptime'>
    readonly listLogs: For<'GET /api/logs'>
    readonly listSettings: For<'GET /api/settings'>
    readonly changeSettings: For<'PATCH /api/settings'>
    readonly listAudit: For<'GET /api/audit'>
    readonly listBackups: For<'GET /api/backups'>
    readonly createBackup: For<'POST /api/backups'>
    readonly exportAudit: For<'GET /api/audit/export'>
    /** Whom and what the audit log names, to filter by. */
    readonly auditNames: () => Promise<{
      readonly by: readonly string[]
      readonly actions: readonly string[]
    }>
    /** Who changed what, for the audit log. */
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
    readonly firstAdmin: For<'POST /api/setup'>
    /** Whether nobody has made the first admin yet. */
    readonly needsFirstAdmin: () => Promise<boolean>
    /** Checks a password; null when it is not right, taking as long as when it is. */
    readonly login: (
      email: string,
      password: string,
    ) => Promise<{ id: string; name: string; email: string; role: 'viewer' | 'editor' | 'admin' } | null>
    /** The name of who has this address; null where nobody has. */
    readonly nameAt: (email: string) => Promise<string | null>
    /** Whether a session still opens anything: it ends with a logout, a changed password, a shut door. */
    readonly isLive: (session: LoginSession) => Promise<boolean>
    readonly logout: (session: LoginSession) => Promise<void>
    readonly listKeys: For<'GET /api/keys'>
    readonly createKey: For<'POST /api/keys'>
    readonly revokeKey: For<'DELETE /api/keys/{id}'>
    readonly listUsers: For<'GET /api/users'>
    readonly createUser: For<'POST /api/users'>
    readonly changeUser: For<'PATCH /api/users/{id}'>
    readonly deleteUser: For<'DELETE /api/users/{id}'>
    readonly createResetLink: For<'POST /api/users/{id}/reset-link'>
    readonly resetPassword: For<'POST /api/reset'>
    /** Whose reset link this is; null where it does not work. */
    readonly emailOfResetLink: (token: string) => Promise<string | null>
    readonly getAccount: For<'GET /api/account'>
    readonly changePassword: For<'POST /api/account/password'>
    readonly endSessions: For<'DELETE /api/account/sessions'>
    /** How people sign in with OIDC; null where the owner set none. */
    readonly oidc: () => OidcSettings | null
    readonly signIn: OidcDesk['signIn']
    /** Who asks, from a key or from the cookie of a session. Throws for a key that opens nothing. */
    readonly callerOf: (headers: Headers) => Promise<Caller>
    /** Counts one more request of a class and says whether it is one too many; null where nothing is limited. */
    readonly rate: (limited: Limited, asking: WhoAsks) => Promise<Rate | null>
    /** Takes back what was counted: it was not one of those that are limited. */
    readonly giveBack: (limited: Limited, asking: WhoAsks) => Promise<void>
    /** Signs session cookies. */
    readonly secret: () => string
  }
  /** Counts the body of a stranger while it is read. */
  readonly holdBody: HoldBody
  readonly settings: () => {
    readonly publicPredict: boolean
    /** Strangers may upload, retrain and promote: every page says so. */
    readonly openActions: boolean
    readonly maxImageBytes: number
    readonly maxUploadBytes: number
    readonly trustProxy: boolean
    readonly origin: string | null
    /** Pages of these origins may call the API; `*` stands for all. */
    readonly corsOrigins: readonly string[]
  }
  /** One line of the log; `error` is logged with its stack. */
  readonly log: (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    about?: Readonly<Record<string, unknown>>,
  ) => void
}

const SLOT = Symbol.for('darkroom')
type Slot = { [SLOT]?: Darkroom }

/** The running program. Throws plainly where none was opened: pages live only inside the product's own
 *  server. */
export function darkroom(): Darkroom {
  const running = (globalThis as Slot)[SLOT]
  if (!running)
    throw new Error('Darkroom is not running in this process. Start it with `npm start` or `npm run dev`.')
  return running
}

export function open(program: Darkroom): void {
  ;(globalThis as Slot)[SLOT] = program
}
