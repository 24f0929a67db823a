/** Classifiers that leave one Darkroom and come into another. Longer than 300 lines because the archives that are
 *  refused are changed copies of one that is accepted. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readZip } from '#lib/archive/read-zip.ts'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { openForTest, type DataFixture } from '#lib/data/opened.fakes.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { loadedModels } from '#lib/inference/loaded-models.ts'
import { createCarryCases, importFile } from './carry-classifiers.ts'
import { createSnapshotCases } from './snapshots.ts'

const SHIPPED = path.resolve(import.meta.dirname, '../../../models/shapes/v1')
const LIMIT = 100 * 1024 ** 2
type Files = Map<string, Uint8Array>

const partsOf = ({ data, folder }: DataFixture) => ({
  data,
  codeVersion: '0.1.0',
  now: () => new Date('2026-11-30T12:00:00Z'),
  scratchDir: path.join(folder, 'scratch'),
  maxUploadBytes: LIMIT,
  maxImageBytes: LIMIT,
})

function png(n: number) {
  const data = Uint8Array.from({ length: 12 * 10 * 3 }, (_, i) => (i * (n + 3) + n) % 256)
  const bytes = encodePng({ width: 12, height: 10, data })
  return {
    hash: createHash('sha256').update(bytes).digest('hex'),
    bytes,
    width: 12,
    height: 10,
    mediaType: 'image/png',
  }
}

/** A Darkroom with a classifier "shapes" of 12 images, a snapshot, and a live version that was trained on it. */
async function withShapes(): Promise<DataFixture> {
  const fixture = await openForTest()
  const { data } = fixture
  await data.classifiers.create({
    id: 'shapes',
    title: 'Shapes',
    classes: ['circle', 'square', 'triangle', 'star', 'cross', 'ring'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  await data.samples.add(
    'shapes',
    Array.from({ length: 12 }, (_, i) => ({
      image: png(i),
      label: ['circle', 'square', 'star'][i % 3]!,
      split: i % 4 === 0 ? ('test' as const) : ('train' as const),
      isSplitGiven: i % 2 === 0,
      source: 'upload' as const,
      uploadId: null,
      filename: `${i}.png`,
    })),
  )
  const samples = await data.samples.all('shapes')
  await data.groups.save('shapes', { compared: [], links: [[samples[1]!.hash, samples[2]!.hash]] })
  await data.sampleChanges.change({ kind: 'ids', ids: [samples[11]!.id] }, { isExcluded: true }, 'Ada')
  await data.findings.dismiss('shapes', { kind: 'dark', samples: [samples[3]!.id], by: 'Ada' })
  await data.findings.dismiss('shapes', { kind: 'blurry', samples: [samples[3]!.id], by: 'Ben' })
  const { hash } = await createSnapshotCases(data).createSnapshot({
    classifier: 'shapes',
    evaluation: 'splits',
  })
  const entries = (await data.samples.all('shapes')).map((one) => ({
    hash: one.hash,
    label: one.label,
    split: one.split,
    group: null,
  }))
  const run = await data.runs.plan({
    classifierId: 'shapes',
    recipe: 'head',
    epochs: 1,
    seed: 1,
    baseVersionId: null,
    message: 'trained',
    unseen: 12,
    plan: { start: { kind: 'version', version: 'v1', folder: '/somewhere/else' } },
    entries,
  })
  cpSync(SHIPPED, data.versions.folderFor('shapes', 1), { recursive: true })
  const version = await data.versions.register({ classifierId: 'shapes', number: 1, runId: run.id })
  await data.runs.change(run.id, { state: 'done', versionId: version.id })
  await data.promotions.promote({ versionId: version.id, by: 'Ada', reason: 'the first one' })
  expect(hash).toHaveLength(64)
  return fixture
}

async function exported(fixture: DataFixture): Promise<Files> {
  const { bytes } = await createCarryCases(partsOf(fixture)).exportClassifier(
    { id: 'shapes' },
    { signal: new AbortController().signal },
  )
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) chunks.push(chunk)
  const files: Files = new Map()
  for await (const entry of readZip(Buffer.concat(chunks), { entryBytes: LIMIT, totalBytes: LIMIT }))
    if (entry.kind === 'file') files.set(entry.path, entry.bytes)
  return files
}

function archiveOf(files: Files, { folder }: DataFixture): string {
  const file = path.join(folder, 'archive.zip')
  writeFileSync(file, zipFile([...files].map(([name, content]) => ({ name, content }))))
  return file
}

const text = (files: Files, name: string): string => Buffer.from(files.get(name)!).toString('utf8')
/** The classifier's description with a change. */
const edited = (files: Files, name: string, change: (before: string) => string): Files =>
  new Map(files).set(name, Buffer.from(change(text(files, name))))

async function isLoaded(fixture: DataFixture, classifier: string): Promise<string> {
  const version = (await fixture.data.promotions.champion(classifier))!.version
  await using engine = await openEngine('auto', 'inference', { threads: 1 })
  // refuses a version that does not give the reference outputs which it was sealed with
  await loadedModels(engine).load({ key: version.id, folder: version.folder })
  return version.name
}

test('an exported classifier is the same in another Darkroom: images, groups, snapshots, live version', async () => {
  const from = await withShapes()
  const to = await openForTest()

  const result = await importFile(archiveOf(await exported(from), to), undefined, partsOf(to))

  expect(result).toEqual({ classifier: 'shapes', samples: 12, snapshots: 2, versions: 1, missing: 0 })
  const known = ({ data }: DataFixture) => data.samples.all('shapes')
  const facts = async (fixture: DataFixture) =>
    (await known(fixture)).map(({ hash, label, split, isSplitGiven, source, filename }) => ({
      hash,
      label,
      split,
      isSplitGiven,
      source,
      filename,
    }))
  expect(await facts(to)).toEqual(await facts(from))
  expect(await facts(to)).toHaveLength(11)
  const frozen = async ({ data }: DataFixture) =>
    (await createSnapshotCases(data).createSnapshot({ classifier: 'shapes', evaluation: 'splits' })).hash
  expect(await frozen(to)).toBe(await frozen(from))
  expect((await to.data.queries.dataSummary({ classifier: 'shapes' })).per_class).toEqual(
    (await from.data.queries.dataSummary({ classifier: 'shapes' })).per_class,
  )
  const model = async ({ data }: DataFixture) => {
    const listed = await data.queries.listModels({ classifier: 'shapes', limit: 10, cursor: undefined })
    const { id: _id, run_id: _run, snapshot, ...same } = listed.models[0]!
    return { ...same, snapshot: snapshot?.hash }
  }
  expect(await model(to)).toEqual(await model(from))
  expect((await model(to)).snapshot).toMatch(/^[0-9a-f]{64}$/)
  expect(await isLoaded(to, 'shapes')).toBe('v1')
  const [first] = await known(to)
  expect(Buffer.from((await to.data.images.bytesOf(first!.hash))!)).toEqual(Buffer.from(png(0).bytes))
  expect(readdirSync(partsOf(to).scratchDir)).toEqual([])
})

/** Of the image that has them. */
async function dismissedIn({ data }: DataFixture) {
  const rows = []
  for await (const page of data.archives.samples('shapes')) rows.push(...page)
  return rows.filter((one) => one.dismissals.length > 0).map(({ hash, dismissals }) => ({ hash, dismissals }))
}

test('dismissed findings stay dismissed where a classifier is imported, by whom and for which label', async () => {
  const from = await withShapes()
  const to = await openForTest()

  await importFile(archiveOf(await exported(from), to), undefined, partsOf(to))

  expect(await dismissedIn(to)).toEqual(await dismissedIn(from))
  expect(await dismissedIn(to)).toMatchObject([
    {
      hash: png(3).hash,
      dismissals: [
        { kind: 'blurry', label: 'circle', by: 'Ben' },
        { kind: 'dark', label: 'circle', by: 'Ada' },
      ],
    },
  ])
})

test('an archive that an earlier version wrote has no dismissed findings', async () => {
  const from = await withShapes()
  const to = await openForTest()
  const without = edited(await exported(from), 'samples.jsonl', (lines) =>
    lines.replaceAll(/,"dismissals":\[[^\]]*\]/g, ''),
  )

  await importFile(archiveOf(without, to), undefined, partsOf(to))

  expect(await dismissedIn(to)).toEqual([])
})

test('an archive has no folder of the machine that wrote it', async () => {
  const files = await exported(await withShapes())

  expect(text(files, 'classifier.json')).not.toContain('/somewhere/else')
  expect([...files.keys()].filter((name) => name.startsWith('images/'))).toHaveLength(12)
})

test('it can be imported under another id, also where the first one exists', async () => {
  const fixture = await withShapes()

  await importFile(archiveOf(await exported(fixture), fixture), 'shapes-copy', partsOf(fixture))

  expect((await fixture.data.classifiers.get('shapes-copy')).classes).toEqual(
    (await fixture.data.classifiers.get('shapes')).classes,
  )
  expect(await isLoaded(fixture, 'shapes-copy')).toBe('v1')
})

test('an archive of an id that exists is refused, and the classifier there stays as it is', async () => {
  const fixture = await withShapes()
  const before = await fixture.data.samples.all('shapes')

  await expect(
    importFile(archiveOf(await exported(fixture), fixture), undefined, partsOf(fixture)),
  ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('already exists') })

  expect(await fixture.data.samples.all('shapes')).toEqual(before)
})

/** Made once: every hostile archive is a changed copy. */
let goodFiles: Files | undefined

const IMAGE = `images/${png(3).hash}.png`
test('of two imports with one id at the same time, the second is refused, and the first keeps its files', async () => {
  const source = await withShapes()
  const target = await openForTest()
  const { data } = target
  const file = archiveOf(await exported(source), target)
  await importFile(file, undefined, partsOf(target))
  const samples = await data.samples.all('shapes')
  const late = {
    ...partsOf(target),
    data: { ...data, archives: { ...data.archives, requireFree: async () => {} } },
  }

  await expect(importFile(file, undefined, late)).rejects.toMatchObject({ code: 'conflict' })

  expect(await isLoaded(target, 'shapes')).toBe('v1')
  expect(await data.samples.all('shapes')).toEqual(samples)
})

test.each<[string, string, RegExp, (files: Files) => Files]>([
  [
    'a name that leads out of the folder',
    'bad_archive',
    /\.\.\/evil/,
    (files) => new Map(files).set('../evil.txt', Buffer.from('x')),
  ],
  [
    'a bundle file in a folder of its own',
    'bad_archive',
    /an unexpected entry/,
    (files) => new Map(files).set('versions/v1/sub/x.bin', Buffer.from('x')),
  ],
  [
    'an image with other bytes than its hash',
    'bad_archive',
    /another hash/,
    (files) => new Map(files).set(IMAGE, png(4).bytes),
  ],
  [
    'an image that is missing',
    'bad_archive',
    /1 of its images are missing/,
    (files) => new Map([...files].filter(([name]) => name !== IMAGE)),
  ],
  [
    'an image that no sample has',
    'bad_archive',
    /belongs to no sample/,
    (files) => new Map(files).set(`images/${png(99).hash}.png`, png(99).bytes),
  ],
  [
    'another format',
    'bad_archive',
    /"darkroom-classifier\/9", and this Darkroom reads "darkroom-classifier\/1"/,
    (files) => edited(files, 'classifier.json', (all) => all.replace('classifier/1', 'classifier/9')),
  ],
  [
    'a label that is no class',
    'bad_archive',
    /"hexagon", which is not a class/,
    (files) => edited(files, 'samples.jsonl', (all) => all.replace('"star"', '"hexagon"')),
  ],
  [
    'fewer samples than stated',
    'bad_archive',
    /has 11 lines, and classifier\.json states 12/,
    (files) => edited(files, 'samples.jsonl', (all) => all.slice(all.indexOf('\n') + 1)),
  ],
  [
    'other pixels than stated',
    'bad_archive',
    /10 × 12 pixels, and 10 × 99/,
    (files) => edited(files, 'samples.jsonl', (all) => all.replace('"width":12', '"width":99')),
  ],
  [
    'a snapshot with another hash',
    'bad_archive',
    /has another hash/,
    (files) => {
      const name = [...files.keys()].find((one) => one.startsWith('snapshots/'))!
      return edited(files, name, (all) => all.replace('star', 'ring'))
    },
  ],
  [
    'a changed file of a version',
    'bad_bundle',
    /weights\.bin/,
    (files) => {
      const weights = Buffer.from(files.get('versions/v1/weights.bin')!)
      weights[100]! ^= 1
      return new Map(files).set('versions/v1/weights.bin', weights)
    },
  ],
  [
    'a promotion of a version that is not there',
    'bad_archive',
    /v7 was promoted/,
    (files) => edited(files, 'classifier.json', (all) => all.replace('"version": 1', '"version": 7')),
  ],
  [
    'a description that is small in the archive and large in memory',
    'bad_archive',
    /classifier\.json cannot be used: it expands to more than/,
    (files) => new Map(files).set('classifier.json', Buffer.alloc(33 * 1024 ** 2, ' ')),
  ],
  [
    'more samples than stated',
    'bad_archive',
    /more than 12 lines/,
    (files) => edited(files, 'samples.jsonl', (all) => all + all),
  ],
  [
    'a number that no row can hold',
    'bad_archive',
    /last_number/,
    (files) =>
      edited(files, 'classifier.json', (all) =>
        all.replace(/"last_number": \d+/, '"last_number": 9007199254740991'),
      ),
  ],
  [
    'a choice that does not exist',
    'bad_archive',
    /auto_promote/,
    (files) =>
      edited(files, 'classifier.json', (all) =>
        all.replace('"auto_promote": null', '"auto_promote": "always"'),
      ),
  ],
  [
    'no description',
    'bad_archive',
    /no classifier\.json/,
    (files) => new Map([...files].filter(([name]) => name !== 'classifier.json')),
  ],
])('refused, with nothing left behind: %s', async (_story, code, message, change) => {
  goodFiles ??= await exported(await withShapes())
  const files = goodFiles
  const to = await openForTest()
  mkdirSync(path.join(to.folder, 'models'), { recursive: true })

  await expect(importFile(archiveOf(change(files), to), undefined, partsOf(to))).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })

  expect(await to.data.classifiers.find('shapes')).toBeNull()
  expect(await to.data.images.find(png(0).hash)).toBeNull()
  expect(existsSync(to.data.versions.folderFor('shapes', 1))).toBe(false)
  expect(readdirSync(partsOf(to).scratchDir)).toEqual([])
  expect(existsSync(path.join(to.folder, '..', 'evil.txt'))).toBe(false)
})
