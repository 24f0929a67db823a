/** Opens the database of the product and everything that is read from it and written to it. Not a place for
 *  rules: those are in lib/domain. */
import path from 'node:path'
import { blobsIn } from './images/blobs.ts'
import { changesOf } from './administration/audit-log.ts'
import { archivesOf } from './classifiers/archives.ts'
import { autoRetrainOf } from './classifiers/auto-retrain.ts'
import { classesOf } from './classifiers/classes.ts'
import { classifiersOf } from './classifiers/classifiers.ts'
import { hostsOf } from './processes/hosts.ts'
import { countsOf } from './processes/shared-counts.ts'
import type { Data } from './data.ts'
import type { DataSettings } from './data-settings.ts'
import { IN_USE_LOCK, lockShared } from './database/file-lock.ts'
import { feedbackOf } from './predictions/feedback.ts'
import { erasingOf } from './trash/permanent-deletion.ts'
import { createIds, randomBytesInto } from './ids.ts'
import { jobsOf } from './runs/jobs.ts'
import { storedSettingsOf } from './administration/settings-store.ts'
import { keysOf } from './administration/keys.ts'
import { phoneLinksOf } from './administration/phone-links.ts'
import { liveVersionsOf } from './versions/live-versions.ts'
import { noticesOf } from './administration/notices.ts'
import { peopleOf } from './administration/people.ts'
import { imagesOf, createImageFolder } from './images/images.ts'
import { sharedBlobs } from './images/shared-blobs.ts'
import { stagingIn } from './images/staging.ts'
import { openObjectStore } from './objects/open-object-store.ts'
import { NO_SHARED_FOLDERS, sharedFolders } from './objects/shared-folders.ts'
import { predictionJobsOf } from './predictions/prediction-jobs.ts'
import { predictionsOf } from './predictions/predictions.ts'
import { promotionsOf } from './versions/promotions.ts'
import { retentionOf } from './predictions/retention.ts'
import { runsOf } from './runs/runs.ts'
import { findingsIn } from './samples/findings.ts'
import { imageMapsIn } from './samples/image-maps.ts'
import { learningCurvesIn } from './samples/learning-curves.ts'
import { groupsOf } from './samples/groups.ts'
import { sampleChangesOf } from './samples/sample-changes.ts'
import { samplePredictionsOf } from './samples/sample-predictions.ts'
import { samplesOf } from './samples/samples.ts'
import { shippedOf } from './versions/shipped.ts'
import { snapshotsOf } from './samples/snapshots.ts'
import { subjectsOf } from './administration/subjects.ts'
import { openDatabase } from './open-database.ts'
import { conflict, type Store } from './store.ts'
import { trashOf } from './trash/trash.ts'
import { uploadsOf } from './samples/uploads.ts'
import { versionsOf } from './versions/versions.ts'
import { webProcessesOf } from './processes/web-processes.ts'

/** Migrates, then opens. One per process; end it with `close()`. `store` is for lib/queries alone. */
export async function openStore(settings: DataSettings): Promise<Data & { readonly store: Store }> {
  createImageFolder(settings.dataDir)
  const inUse = lockShared(path.join(settings.dataDir, IN_USE_LOCK))
  if (!inUse)
    throw conflict(
      'The data cannot be opened',
      `a backup is being restored to ${settings.dataDir}`,
      'Try again when the restore is complete.',
    )
  const { database, prisma, statements, migrated, disconnect, close } = await openDatabase(settings)
  const id = createIds(settings.clock, randomBytesInto)
  const now = (): Date => new Date(settings.clock.now())
  const { objects } = settings
  const shared = objects === undefined ? null : await openObjectStore(objects)
  const local = blobsIn(settings.dataDir, id)
  const store: Store = {
    database,
    prisma,
    statements,
    id,
    now,
    settings,
    blobs:
      shared && objects
        ? sharedBlobs(local, shared, { dataDir: settings.dataDir, cacheBytes: objects.cacheBytes, now })
        : local,
    stage: stagingIn(settings.dataDir, id, shared),
    folders: shared ? sharedFolders(settings.dataDir, shared, id) : NO_SHARED_FOLDERS,
  }
  const predictions = predictionsOf(store)
  const versions = versionsOf(store)
  const promotions = promotionsOf(store)
  const live = liveVersionsOf(store, { promotions, versions })
  const trash = trashOf(store, { live })
  const snapshots = snapshotsOf(store)
  return {
    classifiers: classifiersOf(store),
    classes: classesOf(store),
    archives: archivesOf(store),
    autoRetrain: autoRetrainOf(store),
    images: imagesOf(store),
    samples: samplesOf(store),
    groups: groupsOf(store),
    findings: findingsIn(store),
    learningCurves: learningCurvesIn(store),
    imageMaps: imageMapsIn(store),
    uploads: uploadsOf(store),
    sampleChanges: sampleChangesOf(store),
    samplePredictions: samplePredictionsOf(store),
    trash,
    erasing: erasingOf(store, { trash, snapshots }),
    snapshots,
    runs: runsOf(store),
    versions,
    promotions,
    live,
    webProcesses: webProcessesOf(store),
    hosts: hostsOf(store),
    predictions,
    predictionJobs: predictionJobsOf(store),
    retention: retentionOf(store),
    jobs: jobsOf(store),
    people: peopleOf(store),
    keys: keysOf(store),
    phoneLinks: phoneLinksOf(store),
    storedSettings: storedSettingsOf(store),
    changes: changesOf(store),
    counts: countsOf(store),
    feedback: feedbackOf(store),
    notices: noticesOf(store),
    store,
    blobs: store.blobs,
    folders: store.folders,
    subjects: subjectsOf(store),
    migrated,
    syncShipped: shippedOf(store),
    id,
    async ping() {
      await store.statements.pending.hasClassifiers()
    },
    checkpoint: database.checkpoint,
    writingState: database.writingState,
    async close() {
      await predictions.flush()
      shared?.close()
      await disconnect()
      await close()
      inUse.release()
    },
  }
}
