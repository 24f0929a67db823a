/** All contracts in one list, from which the routes, the reference, the generated tests and the typed
 *  client are derived. */
import { changePassword, createResetLink, endSessions, getAccount, resetPassword } from './account.ts'
import { exportAudit, listAudit } from './audit.ts'
import { changeAutoRetrain, getAutoRetrain } from './auto-retrain.ts'
import {
  changeClassifier,
  createClassifier,
  deleteClassifier,
  getClassifier,
  listClasses,
  listClassifiers,
} from './classifiers.ts'
import {
  addBackbone,
  discardBackbone,
  downloadBackbone,
  listBackbones,
  removeBackbone,
  uploadBackbone,
} from './backbones.ts'
import { cancelBackbone, fetchBackbone, getBackbone } from './backbone.ts'
import { cancelBackup, createBackup, listBackups } from './backups.ts'
import { addClass, changeClass, manageClasses, removeClass } from './classes.ts'
import { browserEngineFile, browserModelFile, describeBrowserModel } from './browser.ts'
import type { Contract, Input, Output, RouteName } from './contract.ts'
import { dataFeatures } from './features.ts'
import { getImageMap } from './image-map.ts'
import { getLearningCurve } from './learning-curve.ts'
import { cancelFindings, checkFindings, dismissFindings, listFindings } from './findings.ts'
import { listLogs } from './logs.ts'
import { exportPredictions } from './predictions-export.ts'
import { changeUser, createKey, createUser, deleteUser, listKeys, listUsers, revokeKey } from './people.ts'
import { exportClassifier, importClassifier } from './classifier-archive.ts'
import { cancelImportJob, createImportJob, getImportJob, listImportJobs } from './imports.ts'
import { compareSnapshots, createSnapshot, exportSnapshot, listSnapshots } from './snapshots.ts'
import { changeSettings, listSettings } from './settings-api.ts'
import {
  compareModels,
  deleteModel,
  downloadModel,
  evaluateModel,
  getModel,
  listModels,
  modelInfo,
  modelUptime,
  promoteModel,
  rollback,
} from './models.ts'
import { firstAdmin, health, healthLive, healthReady, metrics, metricsHistory } from './operations.ts'
import { modelChanges } from './prediction-changes.ts'
import { evaluatedImages, modelResult } from './version-result.ts'
import { addPhoneImages, createPhoneLink, endPhoneLink, listPhoneLinks, phoneSession } from './phone-links.ts'
import { predictBatch, predictOne } from './predict.ts'
import {
  cancelPredictionJob,
  createPredictionJob,
  deletePredictionJob,
  getPredictionJob,
  listPredictionJobs,
  predictionJobEvents,
  predictionJobResults,
} from './prediction-jobs.ts'
import {
  deletePrediction,
  deletePredictions,
  getPrediction,
  giveFeedback,
  giveFeedbackOnMany,
  listPredictions,
  predictionImage,
  statistics,
} from './predictions.ts'
import {
  cancelRun,
  forecastRetrain,
  getRun,
  listRuns,
  resumeRun,
  retrain,
  retrainStatus,
  runEvents,
} from './retrain.ts'
import {
  changeSamples,
  deleteTrash,
  getChange,
  listChanges,
  listTrash,
  restoreTrash,
  undoChange,
} from './sample-changes.ts'
import {
  changeSample,
  dataSummary,
  deleteSample,
  getUpload,
  listSamples,
  listUploads,
  sampleImage,
  undoUpload,
  upload,
} from './uploads.ts'
import { listNotices, readNotices } from './notices.ts'

export const contracts = [
  predictOne,
  predictBatch,
  createPredictionJob,
  listPredictionJobs,
  getPredictionJob,
  predictionJobEvents,
  predictionJobResults,
  cancelPredictionJob,
  deletePredictionJob,
  listPredictions,
  exportPredictions,
  getPrediction,
  deletePrediction,
  deletePredictions,
  predictionImage,
  giveFeedback,
  giveFeedbackOnMany,
  statistics,
  listClassifiers,
  getClassifier,
  createClassifier,
  changeClassifier,
  manageClasses,
  addClass,
  changeClass,
  removeClass,
  deleteClassifier,
  getAutoRetrain,
  changeAutoRetrain,
  listClasses,
  upload,
  listUploads,
  getUpload,
  undoUpload,
  listSamples,
  changeSamples,
  changeSample,
  deleteSample,
  sampleImage,
  dataSummary,
  dataFeatures,
  getLearningCurve,
  getImageMap,
  listFindings,
  checkFindings,
  cancelFindings,
  dismissFindings,
  listChanges,
  getChange,
  undoChange,
  listTrash,
  deleteTrash,
  restoreTrash,
  exportClassifier,
  importClassifier,
  createImportJob,
  listImportJobs,
  getImportJob,
  cancelImportJob,
  listSnapshots,
  createSnapshot,
  compareSnapshots,
  exportSnapshot,
  retrain,
  forecastRetrain,
  retrainStatus,
  listRuns,
  getRun,
  runEvents,
  cancelRun,
  resumeRun,
  getBackbone,
  fetchBackbone,
  cancelBackbone,
  listBackbones,
  downloadBackbone,
  removeBackbone,
  uploadBackbone,
  addBackbone,
  discardBackbone,
  listModels,
  getModel,
  modelChanges,
  modelResult,
  evaluatedImages,
  compareModels,
  promoteModel,
  rollback,
  downloadModel,
  deleteModel,
  modelInfo,
  modelUptime,
  evaluateModel,
  describeBrowserModel,
  browserModelFile,
  browserEngineFile,
  health,
  healthLive,
  healthReady,
  metrics,
  metricsHistory,
  firstAdmin,
  listKeys,
  createKey,
  revokeKey,
  listPhoneLinks,
  createPhoneLink,
  endPhoneLink,
  phoneSession,
  addPhoneImages,
  listUsers,
  createUser,
  changeUser,
  deleteUser,
  createResetLink,
  resetPassword,
  listNotices,
  readNotices,
  getAccount,
  changePassword,
  endSessions,
  listSettings,
  changeSettings,
  listAudit,
  exportAudit,
  listLogs,
  listBackups,
  createBackup,
  cancelBackup,
] as const satisfies readonly Contract[]

/** Only this *type* leaves the server: `Routes['POST /api/predict']`. */
export type Routes = { [C in (typeof contracts)[number] as RouteName<C>]: C }

type RouteOutput<Name extends keyof Routes> = Promise<
  Routes[Name]['answer'] extends 'events' ? AsyncIterable<Output<Routes[Name]>> : Output<Routes[Name]>
>

/** The signature of a route's use case: its input, parsed, and its output. `Request`: what it needs to know of the
 *  request, such as its caller; without it, nothing. */
export type RouteAnswer<Name extends keyof Routes, Request = never> = [Request] extends [never]
  ? (input: Input<Routes[Name]>) => RouteOutput<Name>
  : (input: Input<Routes[Name]>, request: Request) => RouteOutput<Name>
