import { expect, test } from 'vitest'
import { streamedZip, zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { UploadReport } from '#lib/contracts/uploads.ts'
import { oddFiles, type OddFile } from '#lib/images/odd-files.fakes.ts'
import { oddEntries, oddNames } from './odd-names.fakes.ts'
import { data, image, ingestForEachTest, leftOver, send, type FormFields } from './upload.fakes.ts'

ingestForEachTest()

/** Decoding what the headers state would take gigabytes. */
const MOST_GROWTH_MB = 250
const MIB = 1024 ** 2

type OddOutcome = Pick<OddFile, 'name' | 'shown' | 'refusal'>
const goodImage = (n: number) => ({ name: `even/${n}.png`, content: image(n), refusal: null })
const inFolder = (file: OddFile): OddFile => {
  const { name, shown = name } = file
  const path = `odd/${shown}`
  // a sample keeps 255 characters of its path
  return { ...file, name: `odd/${name}`, shown: path.length > 255 ? shown : path }
}

/** What became of each file, in one line each. */
async function outcomesOf({ findings }: Pick<UploadReport, 'findings'>): Promise<string[]> {
  const stored = await data.samples.all('pets')
  return [
    ...stored.map(({ filename }) => `${filename}: sample`),
    // those with a sample are remarks about it
    ...findings.flatMap(({ filename, kind, sample_id: id }) => (id === null ? [`${filename}: ${kind}`] : [])),
  ].toSorted()
}
const outcomeOf = ({ name, shown = name, refusal }: OddOutcome): string =>
  `${shown}: ${refusal === null ? 'sample' : refusal[0]}`

async function expectEachNamed(parts: FormFields, expected: readonly OddOutcome[]): Promise<void> {
  const before = process.memoryUsage.rss()
  let peak = before
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5)
  const { status, body } = await send(parts)
  clearInterval(watch)

  expect(expected.length).toBeGreaterThan(60)
  expect([status, body.state, body.files], body.detail).toEqual([200, 'done', expected.length])
  expect(await outcomesOf(body)).toEqual(expected.map(outcomeOf).toSorted())
  for (const { name, shown = name, refusal } of expected)
    if (refusal !== null)
      expect(body.findings.find(({ filename }) => filename === shown)?.detail, shown).toMatch(refusal[1])
  expect((peak - before) / MIB).toBeLessThan(MOST_GROWTH_MB)
  expect(leftOver()).toEqual([])
}

test('odd files in a form: each becomes a sample or is named with its reason', async () => {
  const files = await oddFiles()

  await expectEachNamed(
    [['label', 'cat'], ...files.map(({ name, content }) => ['files', content, name] as const)],
    files,
  )
})

test('the same from a folder that is dropped on the page', async () => {
  const files = [goodImage(1), ...(await oddFiles()).map(inFolder), ...oddNames()]

  await expectEachNamed(
    files.map(({ name, content }) => ['files', content, name] as const),
    files,
  )
})

test('the same in an archive, with what only archives can have, next to a streamed one', async () => {
  const files = [goodImage(1), ...(await oddFiles()).map(inFolder)]
  const entries = oddEntries()
  const streamed = [2, 3].map(goodImage)
  const archive = zipFile([
    { name: 'empty/', content: new Uint8Array() },
    ...files.map(({ name, content }) => ({ name, content })),
    ...entries.map(({ name, part }) => ({ name, ...part })),
  ])
  // the archive unpacks no file that is larger than the limit for an image
  const expected = [...files, ...entries, ...streamed].map((one): OddOutcome =>
    one.refusal?.[0] === 'too_large' && one.name.endsWith('many-bytes.png')
      ? { ...one, refusal: ['refused_entry', /expands to more than/] }
      : one,
  )

  await expectEachNamed(
    [
      ['files', archive, 'odd.zip'],
      ['files', await streamedZip(streamed), 'streamed.zip'],
    ],
    expected,
  )
})

test('an archive that cannot be read is a finding next to other files, and refused with its name alone', async () => {
  const broken = zipFile([{ name: 'cat/x.png', content: image(2) }]).slice(0, 60)
  const encrypted = zipFile([{ name: 'cat/x.png', content: image(2), flags: 0x801 }])
  const files: FormFields = [
    ['files', image(1), 'cat/a.png'],
    ['files', broken, 'broken.zip'],
    ['files', encrypted, 'encrypted.zip'],
  ]

  const mixed = await send(files)
  const labelled = await send([
    ['label', 'dog'],
    ...files.map(([field, , name], i) => [field, i === 0 ? image(9) : files[i]![1], name] as const),
  ])
  const alone = await send(files.slice(1))

  for (const { status, body } of [mixed, labelled]) {
    expect([status, body.count, body.files], body.detail).toEqual([200, 1, 3])
    expect(body.findings.map(({ kind, filename, detail }) => [kind, filename, detail])).toEqual([
      ['refused_entry', 'broken.zip', expect.stringContaining('incomplete')],
      ['refused_entry', 'encrypted.zip', expect.stringContaining('encrypted')],
    ])
  }
  expect([alone.status, alone.body.code, alone.body.detail]).toEqual([
    422,
    'bad_archive',
    expect.stringContaining('broken.zip cannot be read'),
  ])
})
