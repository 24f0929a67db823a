/** Every read for a page or an API response, in one object; each topic has its file next to this one. Nothing here
 *  changes a row. */
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { classQueries } from './classes.ts'
import { classifierQueries } from './classifiers.ts'
import { findingQueries } from './findings.ts'
import { imageMapQueries } from './image-map.ts'
import { learningCurveQueries } from './learning-curve.ts'
import { modelQueries } from './models.ts'
import { phoneLinkQueries } from './phone-links.ts'
import { noticeQueries } from './notices.ts'
import { predictionJobQueries } from './prediction-jobs.ts'
import { predictionQueries } from './predictions.ts'
import { predictionExportQueries } from './predictions-export.ts'
import { runQueries } from './runs.ts'
import { sampleChangeQueries } from './sample-changes.ts'
import { sampleListQueries } from './sample-list.ts'
import { sampleQueries } from './samples.ts'
import { snapshotQueries } from './snapshots.ts'
import { statisticsQueries } from './statistics.ts'
import { trashQueries } from './trash.ts'
import { uploadQueries } from './uploads.ts'

export const queriesOf = (store: Store, data: Data) => ({
  ...classifierQueries(store, data),
  ...classQueries(store, data),
  ...findingQueries(store, data),
  ...imageMapQueries(store, data),
  ...learningCurveQueries(data),
  ...modelQueries(store, data),
  ...phoneLinkQueries(store, data),
  ...noticeQueries(store, data),
  ...predictionQueries(store, data),
  ...predictionExportQueries(store, data),
  ...predictionJobQueries(store, data),
  ...runQueries(store, data),
  ...sampleChangeQueries(data),
  ...sampleListQueries(store, data),
  ...sampleQueries(store, data),
  ...snapshotQueries(store, data),
  ...statisticsQueries(store, data),
  ...trashQueries(data),
  ...uploadQueries(store, data),
  /** The record with this name and its owner; null if there is none. */
  findSubject: data.subjects.find,
})

export type Queries = ReturnType<typeof queriesOf>
