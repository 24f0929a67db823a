/** The stored images that a version may be measured on: the test set of its classifier, without any that a
 *  measured version was trained on. */
import type { Data } from '#lib/data/data.ts'
import type { SnapshotEntry } from '#lib/data/values.ts'
import type { Version, VersionWithCard } from '#lib/data/versions/version-values.ts'

/** Counts one more use of this list. */
export async function testEntries(
  data: Pick<Data, 'samples' | 'runs' | 'snapshots'>,
  versions: readonly Version[],
): Promise<readonly SnapshotEntry[]> {
  const [first] = versions
  if (!first) return []
  const trainedOn = new Set<string>()
  for (const version of versions)
    for (const { hash } of await trainingEntriesOf(data, version)) trainedOn.add(hash)
  const samples = await data.samples.all(first.classifierId)
  const entries = samples.flatMap(({ hash, label, split }) =>
    split === 'test' && !trainedOn.has(hash) ? [{ hash, label, split }] : [],
  )
  if (entries.length > 0) await data.snapshots.openTest(entries.map(({ hash }) => hash))
  return entries
}

/** The hashes of images added after a version was trained; a shipped one was trained on its data set only. */
export async function unseenBy(
  data: Pick<Data, 'samples' | 'runs' | 'snapshots'>,
  version: VersionWithCard,
): Promise<ReadonlySet<string>> {
  const samples = await data.samples.all(version.classifierId)
  if (!version.runId)
    return new Set(samples.filter((sample) => sample.source !== 'dataset').map((sample) => sample.hash))
  const run = await data.runs.get(version.runId)
  const trainedOn = new Set(
    run.snapshotId ? (await data.snapshots.entriesOf(run.snapshotId)).map((entry) => entry.hash) : [],
  )
  return new Set(samples.filter((sample) => !trainedOn.has(sample.hash)).map((sample) => sample.hash))
}

export async function trainingEntriesOf(
  data: Pick<Data, 'runs' | 'snapshots'>,
  version: Version,
): Promise<readonly SnapshotEntry[]> {
  if (!version.runId) return []
  const run = await data.runs.get(version.runId)
  if (!run.snapshotId) return []
  return (await data.snapshots.entriesOf(run.snapshotId)).filter((entry) => entry.split !== 'test')
}
