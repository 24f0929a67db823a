/** Which routes are changes for the audit log, and the label of each there: "Ada created a key". The
 *  log itself stores method and path, so that scripts can rely on them; the labels are for display. */
import type { Contract } from './contract.ts'
import type { Routes } from './index.ts'

const SCOPES_OF_CHANGES = ['open', 'upload', 'train', 'edit', 'admin', 'account', 'phone'] as const

/** Predictions and corrections are everyday work and are listed in the history instead. */
export const isChange = ({
  method,
  scope,
  isReadOnly,
}: Pick<Contract, 'method' | 'scope' | 'isReadOnly'>): boolean =>
  method !== 'GET' && isReadOnly !== true && SCOPES_OF_CHANGES.some((one) => one === scope)

type Change = {
  [R in keyof Routes]: Routes[R] extends { readonly scope: (typeof SCOPES_OF_CHANGES)[number] }
    ? Exclude<R, `GET ${string}`>
    : never
}[keyof Routes]

/** Each label follows a user name, in the past tense. */
const WORDS: Readonly<Record<Change, string>> = {
  'POST /api/upload': 'uploaded images',
  'DELETE /api/uploads/{id}': 'moved an upload to the trash',
  'PATCH /api/samples': 'changed images',
  'POST /api/findings': 'had the images checked for problems',
  'DELETE /api/findings': 'cancelled a check of the images',
  'PATCH /api/findings': 'dismissed problems with images, or listed them again',
  'POST /api/changes/{id}/undo': 'undid a change to images or classes',
  'DELETE /api/trash/{id}': 'permanently deleted an item in the trash',
  'POST /api/trash/{id}/restore': 'restored an item from the trash',
  'PATCH /api/samples/{id}': 'changed an image’s label or split',
  'DELETE /api/samples/{id}': 'moved an image to the trash',
  'DELETE /api/predictions/{id}': 'deleted a prediction',
  'DELETE /api/predictions': 'deleted predictions',
  'POST /api/classifiers': 'created a classifier',
  'PATCH /api/classifiers/{id}': 'changed a classifier',
  'PATCH /api/classifiers/{id}/auto-retrain': 'changed when a classifier is retrained',
  'POST /api/classifiers/{id}/classes': 'added a class',
  'PATCH /api/classifiers/{id}/classes': 'renamed or merged a class',
  'DELETE /api/classifiers/{id}/classes': 'removed a class',
  'DELETE /api/classifiers/{id}': 'moved a classifier to the trash',
  'POST /api/imports': 'imported a classifier',
  'POST /api/imports/jobs': 'started an import',
  'POST /api/imports/jobs/{id}/cancel': 'cancelled an import',
  'POST /api/snapshots': 'created a snapshot',
  'POST /api/retrain': 'started a training run',
  'POST /api/retrain/forecast': 'estimated a training run',
  'POST /api/runs/{id}/cancel': 'cancelled a training run',
  'POST /api/runs/{id}/resume': 'resumed a training run',
  'POST /api/models/{id}/promote': 'promoted a version',
  'POST /api/models/rollback': 'rolled back to the previous live version',
  'POST /api/model/evaluate': 'evaluated a version',
  'DELETE /api/models/{id}': 'moved a version to the trash',
  'POST /api/keys': 'created a key',
  'DELETE /api/keys/{id}': 'revoked a key',
  'POST /api/phone-links': 'created a phone link',
  'DELETE /api/phone-links/{id}': 'ended a phone link',
  'POST /api/phone/images': 'added images by phone',
  'POST /api/users': 'added a user',
  'PATCH /api/users/{id}': 'changed a user',
  'DELETE /api/users/{id}': 'removed a user',
  'PATCH /api/settings': 'changed the settings',
  'POST /api/backups': 'started a backup',
  'DELETE /api/backups': 'cancelled a backup',
  'POST /api/backbone': 'downloaded the pretrained network',
  'DELETE /api/backbone': 'cancelled the download of the pretrained network',
  'POST /api/backbones': 'uploaded an ONNX file as a pretrained network',
  'POST /api/backbones/upload': 'added the uploaded ONNX file as a pretrained network',
  'DELETE /api/backbones/upload': 'discarded the uploaded ONNX file',
  'POST /api/backbones/{id}/download': 'downloaded a pretrained network',
  'DELETE /api/backbones/{id}': 'removed a pretrained network',
  'POST /api/setup': 'created the administrator account',
  'POST /api/users/{id}/reset-link': 'created a reset link',
  'POST /api/reset': 'set a new password with a reset link',
  'POST /api/account/password': 'changed their own password',
  'DELETE /api/account/sessions': 'logged out everywhere',
  'POST /api/notices/read': 'marked notifications as read',
}

/** Other entries of the log (logins), and actions recorded by an earlier version of the product, are
 *  shown as recorded. */
export const auditLabel = (action: string): string =>
  Object.hasOwn(WORDS, action) ? WORDS[action as Change] : action
