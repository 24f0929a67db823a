/** A network of another program becomes a version: of a new classifier, or of one with the same classes. The network is
 *  read and sealed elsewhere; here it gets its rows, after everything else has succeeded. */
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ImportResult } from '#lib/contracts/imports.ts'
import type { Data } from '#lib/data/data.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { int8Sentence } from '#lib/domain/evaluation/int8.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readBundle, writeBundle } from '#lib/ml/formats/bundle.ts'
import type { NetworkSealing, SealedNetwork } from './seal-network.ts'

export type NetworkImport = Omit<NetworkSealing, 'classifier' | 'own' | 'version' | 'out'> & {
  /** Of a new or an existing one. */
  readonly classifier: string
  /** Of a new one; null: its id. */
  readonly title: string | null
  /** For the record of what is live. */
  readonly by: string
}

export type NetworkImportPorts = {
  readonly data: Pick<Data, 'classifiers' | 'versions' | 'promotions' | 'runs' | 'archives'>
  readonly seal: (sealing: NetworkSealing) => Promise<SealedNetwork>
  /** An empty folder on the disk of DATA_DIR, which the caller deletes. */
  readonly scratch: string
  readonly signal: AbortSignal
}

/** @throws DarkroomError `invalid_input`, `conflict`, `already_running` and those of `seal`; then nothing has
 *  changed */
export async function importNetwork(
  { classifier: id, title, by, ...network }: NetworkImport,
  { data, seal, scratch, signal }: NetworkImportPorts,
): Promise<ImportResult> {
  const existing = await data.classifiers.find(id)
  if (!existing) await data.archives.requireFree(id) // one in the trash has the id
  await requireNoRun(id, data)
  const number = existing ? await data.versions.nextNumber(id) : 1
  await mkdir(scratch, { recursive: true })
  const out = join(scratch, `v${number}`)
  const sealed = await seal({
    ...network,
    classifier: { id, title: existing?.title ?? title ?? id },
    own: existing && { classes: existing.classes, fit: existing.input.fit },
    version: `v${number}`,
    out,
  })
  signal.throwIfAborted()
  const version = await placed({ id, title: title ?? id, sealed, number, out }, data)
  const file = network.source.name ?? 'a file'
  const isLive = await promoteFirst({ id, versionId: version.id, by, file }, data)
  return {
    message: [
      isLive
        ? `${id} ${version.name} was imported and is live.`
        : `${id} ${version.name} was imported. Another version is live; compare and promote it on the page Versions.`,
      ...(sealed.int8?.images ? [int8Sentence(sealed.int8)] : []),
    ].join(' '),
    classifier: id,
    version: version.name,
    isLive,
  }
}

type ImportedVersion = {
  readonly id: string
  readonly versionId: string
  readonly by: string
  readonly file: string
}

/** The first version of a classifier goes live. Returns whether this version is live. */
export async function promoteFirst(
  { id, versionId, by, file }: ImportedVersion,
  { promotions }: Pick<NetworkImportPorts['data'], 'promotions'>,
): Promise<boolean> {
  const champion = await promotions.champion(id)
  if (champion !== null) return champion.version.id === versionId
  await promotions.promote({ versionId, by, reason: `It was imported from ${file}.` })
  return true
}

type NewVersionOfNetwork = {
  readonly id: string
  readonly title: string
  readonly sealed: SealedNetwork
  readonly number: number
  readonly out: string
}

/** Under a number that is free now: another version may have taken the one that was meant. */
async function placed(
  { id, title, sealed, number: sealedNumber, out }: NewVersionOfNetwork,
  data: NetworkImportPorts['data'],
) {
  await requireNoRun(id, data)
  const existing = await data.classifiers.find(id)
  const { classifier, isNew } = existing
    ? { classifier: existing, isNew: false }
    : { classifier: await createdFor(id, title, sealed, data), isNew: true }
  try {
    requireSameClasses(classifier, sealed.classes)
    if (classifier.classes.length === 0) await data.classifiers.addClasses(id, sealed.classes)
    const { number, target } = await moved(id, { out, sealedNumber }, data)
    try {
      return await data.versions.register({ classifierId: id, number, runId: null })
    } catch (error) {
      await rm(target, { recursive: true, force: true })
      throw error
    }
  } catch (error) {
    if (isNew) await data.classifiers.removeIfEmpty(id)
    throw error
  }
}

/** A folder without a row and older than this is that of an import that was killed. */
const ABANDONED_MS = 60 * 60_000

/** Moves the folder to the next number. Its folder reserves a number: another import may be about to register it. */
async function moved(
  id: string,
  { out, sealedNumber }: { readonly out: string; readonly sealedNumber: number },
  { versions }: Pick<NetworkImportPorts['data'], 'versions'>,
): Promise<{ readonly number: number; readonly target: string }> {
  let written = sealedNumber
  for (let number = await versions.nextNumber(id); ; number += 1) {
    if (number !== written) {
      const bundle = await readBundle(out)
      await writeBundle(out, { ...bundle, card: { ...bundle.card, version: `v${number}` } })
      written = number
    }
    const target = versions.folderFor(id, number)
    await mkdir(dirname(target), { recursive: true })
    const other = await stat(target).catch(() => null)
    if (other !== null && Date.now() - other.mtimeMs > ABANDONED_MS)
      await rm(target, { recursive: true, force: true })
    try {
      await rename(out, target)
      return { number, target }
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')

const createdFor = (
  id: string,
  title: string,
  { classes, input }: SealedNetwork,
  { classifiers }: NetworkImportPorts['data'],
): Promise<Classifier> => classifiers.create({ id, title, classes, input, isMirrorable: true })

/** The classes of a classifier may have changed since its network was read. */
function requireSameClasses({ id, classes: own }: Classifier, classes: readonly string[]): void {
  if (own.length === 0 || own.toSorted().join('\n') === classes.toSorted().join('\n')) return
  throw new DarkroomError('conflict', {
    what: 'Nothing was imported',
    why: `the classes of ${id} were changed while the network was read`,
    remedy: 'Import it again.',
  })
}

/** A run that has started has chosen the number of its version. */
async function requireNoRun(id: string, { runs }: NetworkImportPorts['data']): Promise<void> {
  const run = await runs.active(id)
  if (run === null) return
  throw new DarkroomError('already_running', {
    what: 'Nothing was imported',
    why: `${id} is being trained`,
    remedy: 'Import it again when the training run has ended, or cancel the run.',
  })
}
