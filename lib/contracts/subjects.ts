/** The subject of a route: the kind of object that its address or a field names. lib/http decides on
 *  access. */
import type { Contract } from './contract.ts'

export type SubjectKind =
  | 'classifier'
  | 'version'
  | 'snapshot'
  | 'run'
  | 'sample'
  | 'upload'
  | 'prediction'
  | 'prediction job'
  | 'key'
  | 'person'
  | 'phone link'

/** An object by its name for users, and the classifier that it belongs to. */
export type Subject = { readonly name: string; readonly classifier: string | null }

const KIND_OF_COLLECTION: Readonly<Record<string, SubjectKind>> = {
  classifiers: 'classifier',
  models: 'version',
  snapshots: 'snapshot',
  runs: 'run',
  samples: 'sample',
  uploads: 'upload',
  predictions: 'prediction',
  predict: 'prediction job',
  keys: 'key',
  users: 'person',
  'phone-links': 'phone link',
}

/** Fields that name an object of their own kind. */
const KIND_OF_FIELD: ReadonlyMap<string, SubjectKind> = new Map([
  ['upload', 'upload'],
  ['run', 'run'],
])

const collectionOf = (path: string): SubjectKind | null =>
  KIND_OF_COLLECTION[/^\/api\/([a-z-]+)(?:\/|$)/.exec(path)?.[1] ?? ''] ?? null

/** For `/api/models/{id}/promote`: version; null when the address names no object. */
export const kindOfAddress = ({ path }: Pick<Contract, 'path'>): SubjectKind | null =>
  path.includes('/{id}') ? collectionOf(path) : null

/** `ids` and `with` are of the collection that they are sent to. */
export const kindOfField = ({ path }: Pick<Contract, 'path'>, field: string): SubjectKind | null =>
  KIND_OF_FIELD.get(field) ??
  (field === 'ids' || field === 'with' || field.endsWith('_ids') ? collectionOf(path) : null)
