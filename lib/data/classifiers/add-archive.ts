/** Writes the rows of an imported classifier, all of them in the transaction of the caller. */
import type { ArchivedSample } from '#lib/contracts/classifier-archive.ts'
import type { Transaction } from '../trash/trash-rows.ts'
import { versionColumns } from '../versions/version-rows.ts'
import type { NewArchive } from './archive-types.ts'

const ROWS_AT_ONCE = 1_000

export async function addArchive(
  tx: Transaction,
  { id: classifierId, content, samples, snapshots, bundles }: NewArchive,
  newId: () => string,
): Promise<void> {
  const { classifier } = content
  await tx.classifier.create({
    data: {
      id: classifierId,
      title: classifier.title,
      size: classifier.size,
      channels: classifier.channels,
      fit: classifier.fit,
      isMirrorable: classifier.is_mirrorable,
      hasDigits: classifier.has_digits,
      recipe: classifier.recipe,
      isShipped: false,
      lastNumber: Math.max(classifier.last_number, ...content.versions.map(({ number }) => number)),
      createdAt: new Date(classifier.created_at),
      autoPromote: classifier.auto_promote,
      autoRetrain: classifier.auto_retrain,
      autoRetrainAfter: classifier.auto_retrain_after,
    },
  })
  await tx.class.createMany({
    data: classifier.classes.map((name, position) => ({ classifierId, name, position })),
  })
  await tx.classRename.createMany({
    data: content.class_renames.map(({ from, to, at }) => ({ classifierId, from, to, at: new Date(at) })),
  })
  for (let from = 0; from < samples.length; from += ROWS_AT_ONCE) {
    const some = samples.slice(from, from + ROWS_AT_ONCE).map((one) => ({ one, id: newId() }))
    await tx.sample.createMany({ data: some.map(({ one, id }) => sampleRow(one, classifierId, id)) })
    await tx.findingDismissal.createMany({
      data: some.flatMap(({ one, id: sampleId }) =>
        one.dismissals.map(({ kind, label, by, at }) => ({ sampleId, kind, label, by, at: new Date(at) })),
      ),
    })
  }
  const snapshotIds = new Map<string, string>()
  for (const { hash, created_at: createdAt } of content.snapshots) {
    const id = newId()
    snapshotIds.set(hash, id)
    const frozen = snapshots.get(hash)!
    await tx.snapshot.create({
      data: {
        ...frozen,
        entries: new Uint8Array(frozen.entries),
        id,
        classifierId,
        createdAt: new Date(createdAt),
      },
    })
  }
  await addVersions(tx, { classifierId, content, bundles, snapshotIds }, newId)
}

async function addVersions(
  tx: Transaction,
  {
    classifierId,
    content,
    bundles,
    snapshotIds,
  }: { readonly classifierId: string; readonly snapshotIds: ReadonlyMap<string, string> } & Pick<
    NewArchive,
    'content' | 'bundles'
  >,
  newId: () => string,
): Promise<void> {
  const versionIds = new Map(content.versions.map(({ number }) => [number, newId()]))
  const runIds = new Map(content.versions.map(({ number }) => [number, newId()]))
  const last = new Map(content.promotions.map(({ version, at }) => [version, new Date(at)]))
  for (const { number, parent, run, verdict, robustness } of content.versions)
    await tx.version.create({
      data: {
        ...versionColumns(bundles.get(number)!),
        id: versionIds.get(number)!,
        classifierId,
        number,
        parent,
        runId: run === null ? null : runIds.get(number)!,
        isShipped: false,
        verdictJson: verdict && JSON.stringify(verdict),
        robustnessJson: robustness && JSON.stringify(robustness),
        promotedAt: last.get(number) ?? null,
      },
    })
  for (const { number, run } of content.versions) {
    if (run === null) continue
    await tx.run.create({
      data: {
        id: runIds.get(number)!,
        classifierId,
        snapshotId: run.snapshot === null ? null : snapshotIds.get(run.snapshot)!,
        state: 'done',
        recipe: run.recipe,
        baseVersionId: run.base_version === null ? null : (versionIds.get(run.base_version) ?? null),
        versionId: versionIds.get(number)!,
        engine: run.engine,
        epochs: run.epochs,
        epoch: run.epoch,
        step: 0,
        steps: 0,
        message: run.message,
        imagesJson: run.images && JSON.stringify(run.images),
        pointsJson: JSON.stringify(run.points),
        verdictJson: run.verdict && JSON.stringify(run.verdict),
        isPromoted: run.is_promoted,
        canResume: false,
        seed: run.seed,
        planJson: JSON.stringify(run.plan ?? null),
        isAutomatic: run.is_automatic,
        createdAt: new Date(run.created_at),
        startedAt: dateOrNull(run.started_at),
        endedAt: dateOrNull(run.ended_at),
      },
    })
  }
  let previousId: string | null = null
  for (const { version, kind, by, reason, at } of content.promotions) {
    const versionId = versionIds.get(version)!
    await tx.promotion.create({
      data: { classifierId, versionId, previousId, kind, by, reason, at: new Date(at) },
    })
    previousId = versionId
  }
}

const sampleRow = (one: ArchivedSample, classifierId: string, id: string) => ({
  id,
  classifierId,
  hash: one.hash,
  label: one.label,
  split: one.split,
  isSplitGiven: one.is_split_given,
  source: one.source,
  filename: one.filename,
  groupId: one.group,
  excludedAt: dateOrNull(one.excluded_at),
  createdAt: new Date(one.created_at),
  labelledAt: new Date(one.labelled_at),
})

const dateOrNull = (time: string | null): Date | null => (time === null ? null : new Date(time))
