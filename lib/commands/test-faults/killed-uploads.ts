/**
 * kill −9 of every process that has a part in a large upload, while the files arrive and while they are stored:
 * nothing remains of it, and sending it again adds only the images that are missing.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { wait, within, type CheckResult, type Context } from './fault-scenario.ts'
import { familyOf, killNow } from './process-tree.ts'
import { startProduct, type Product, type ProductAnswer } from './product.ts'
import { noisyImage } from './traffic.ts'

const SIDE = 408
/** A PNG of noise. */
const IMAGE_MB = (SIDE * SIDE * 3) / 1e6
/** The share of the images that an earlier upload has added. */
const EARLIER_SHARE = 0.2
const LONGEST_WORK_MS = 300_000
/** The worker ends uploads of killed processes within a minute of their silence, and looks every 30 s. */
const SWEPT_WITHIN_MS = 120_000

type Moment = {
  readonly name: string
  readonly kinds: readonly string[]
  readonly hasCome: (product: Product, added: number) => boolean | Promise<boolean>
}
const MOMENTS: readonly Moment[] = [
  {
    name: 'while the files arrive',
    kinds: ['web', 'predict'],
    hasCome: ({ dataDir }) => spooled(dataDir).length > 0,
  },
  { name: 'while the images are stored', kinds: ['web'], hasCome: (_product, added) => added > 0 },
]

export async function killedUploads({ count, say }: Context): Promise<readonly CheckResult[]> {
  const megabytes = count({ short: 40, long: 500 })
  const images = Math.round(megabytes / IMAGE_MB)
  await using product = await startProduct({ MAX_UPLOAD_MB: String(megabytes * 2) })
  const files = Array.from({ length: images }, (_, i) => new Blob([new Uint8Array(noisyImage(SIDE, i).png)]))
  const earlier = Math.round(images * EARLIER_SHARE)
  const before = await sampleCount(product)
  await finished(product, await send(product, files.slice(0, earlier)))
  const judged: CheckResult[] = []
  for (const moment of MOMENTS) {
    say(`killing ${moment.name}, ${megabytes} MB`)
    judged.push(await killedAt(product, moment, { files, before: before + earlier }))
  }
  say('sending it again')
  const report = await finished(product, await send(product, files))
  const stored = (await sampleCount(product)) - before
  judged.push({
    what: `the upload of ${megabytes} MB, sent again`,
    expected: `${images - earlier} of ${images} images are added, ${earlier} were there; ${images} are stored`,
    measured: `${String(report['state'])}: ${String(report['count'])} added; ${stored} stored`,
    holds: report['count'] === images - earlier && stored === images,
  })
  return judged
}

async function killedAt(
  product: Product,
  { name, kinds, hasCome }: Moment,
  { files, before }: { readonly files: readonly Blob[]; readonly before: number },
): Promise<CheckResult> {
  const sending = send(product, files)
  const { held } = await within(
    LONGEST_WORK_MS,
    async () => await hasCome(product, (await sampleCount(product)) - before),
  )
  const victims = familyOf(product.pid).filter((one) => kinds.includes(one.name))
  const killed = victims.filter(({ pid }) => killNow(pid) === 1).length
  const answer = await sending
  await within(LONGEST_WORK_MS, async () => (await product.request('/api/health/ready')).status === 200)
  const remains = async () => ({
    images: (await sampleCount(product)) - before,
    files: spooled(product.dataDir).length,
  })
  await within(SWEPT_WITHIN_MS, async () => {
    const { images, files: left } = await remains()
    if (images === 0 && left === 0) return true
    await wait(500)
    return false
  })
  const left = await remains()
  return {
    what: `kill −9 ${name}`,
    expected: 'no image and no file of it remain',
    measured:
      `${held ? `${killed} killed` : 'the moment did not come'}; ${answer.failure ?? answer.status}; ` +
      `${left.images} images and ${left.files} files remain`,
    holds: held && killed > 0 && left.images === 0 && left.files === 0,
  }
}

function send(product: Product, files: readonly Blob[]): Promise<ProductAnswer> {
  const form = new FormData()
  form.append('label', 'star')
  for (const [i, file] of files.entries()) form.append('files', file, `${i}.png`)
  return product.request('/api/upload?classifier=shapes', {
    method: 'POST',
    body: form,
    timeoutMs: LONGEST_WORK_MS,
  })
}

/** The report of an upload, once its images are stored. */
async function finished(product: Product, { body }: ProductAnswer): Promise<ProductAnswer['body']> {
  let report = body
  await within(LONGEST_WORK_MS, async () => {
    if (report['state'] !== 'running') return true
    await wait(200)
    const answer = await product.request(`/api/uploads/${String(body['id'])}`)
    if (answer.status === 200) report = answer.body
    return false
  })
  return report
}

/** Repeated until there is an answer: connections to killed processes fail. */
async function sampleCount(product: Product): Promise<number> {
  let total: unknown
  await within(LONGEST_WORK_MS, async () => {
    const { status, body } = await product.request('/api/samples?classifier=shapes&limit=1')
    total = body['total']
    return status === 200
  })
  return Number(total)
}

/** Files of uploads that have not ended. */
function spooled(dataDir: string): readonly string[] {
  return readdirSync(path.join(dataDir, 'scratch'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('upload-'),
  )
}
