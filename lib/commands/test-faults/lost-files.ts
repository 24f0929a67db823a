/**
 * Files of stored images deleted, truncated or replaced outside the product: never a 500, never other
 * content under the same id.
 */
import { existsSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { tally, type Context, type CheckResult } from './fault-scenario.ts'
import type { Product } from './product.ts'
import { noisyImage } from './traffic.ts'

/** Larger than the limit for a database row (32 kB): it becomes a file. */
const SIDE = 160

type Loss = { readonly name: string; readonly apply: (file: string) => void }

const LOSSES: readonly Loss[] = [
  { name: 'deleted', apply: (file) => rmSync(file) },
  {
    name: 'replaced by another image',
    apply: (file) => writeFileSync(file, encodePng(drawShape('star', 1))),
  },
  { name: 'truncated', apply: (file) => truncateSync(file, 100) },
  { name: 'emptied', apply: (file) => truncateSync(file, 0) },
]

export async function lostFiles({ product: shared }: Context): Promise<readonly CheckResult[]> {
  const product = await shared()
  const judged: CheckResult[] = []
  for (const [seed, { name, apply }] of LOSSES.entries()) {
    const before = filesIn(product)
    const answer = await product.predict(noisyImage(SIDE, seed + 1).png)
    const file = [...filesIn(product)].find((one) => !before.has(one))
    if (file === undefined)
      throw new Error(`No file was stored for a prediction (${answer.status} ${JSON.stringify(answer.body)})`)
    apply(file)
    const id = String(answer.body['id'])
    const answers = await Promise.all([
      product.request(`/api/predictions/${id}/image`),
      product.request(`/api/predictions/${id}/image?size=64`),
      product.request(`/api/predictions/${id}`),
      product.request('/api/predictions?limit=50'),
    ])
    const [image, thumbnail, row, list] = answers
    judged.push({
      what: `file of a stored image ${name}`,
      expected:
        'the image and its thumbnail are refused with a reason (4xx), history and the prediction stay 200',
      measured:
        `image ${describe(image)}, thumbnail ${describe(thumbnail)}, prediction ${describe(row)}, ` +
        `history ${describe(list)}`,
      holds:
        [image, thumbnail].every((one) => one !== undefined && one.status >= 400 && one.status < 500) &&
        row?.status === 200 &&
        list?.status === 200,
    })
  }
  return judged
}

const describe = (
  answer: { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | undefined,
): string =>
  tally([`${answer?.status ?? 0} ${String(answer?.body['code'] ?? '')}`.trim()]).replace(' × 1', '')

const filesIn = ({ dataDir }: Product): ReadonlySet<string> => {
  const folder = path.join(dataDir, 'pictures')
  if (!existsSync(folder)) return new Set()
  return new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name)),
  )
}
