/** The images that the backbone is trained on, with one label each: only training parts, never images that a
 *  classifier uses for validation or test. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PackSource } from '../run/data/pack.ts'
import { datasetSamples, type OpenDataset } from '../run/data/sources.ts'

/** Images of a classifier's data set: its training part without its validation set. */
export async function* classifierImages(
  name: string,
  from: string,
  open: OpenDataset,
  signal: AbortSignal,
): AsyncGenerator<PackSource> {
  for await (const sample of datasetSamples(
    { kind: 'dataset', name, from, downloads: '', mirror: null, counters: '' },
    open,
    signal,
  )) {
    if (sample.split === 'train') yield { ...sample, label: `${name}/${sample.label}` }
  }
}

/** Reads `train/<class>/images/*.JPEG`, the layout of Tiny-ImageNet-200: one image of each class in turn, so
 *  that the first images cover all classes. */
export async function* tinyImagenetImages(
  folder: string,
  { every }: { readonly every: number } = { every: 1 },
): AsyncGenerator<PackSource> {
  const train = join(folder, 'train')
  const classes = (await readdir(train)).toSorted()
  const files = await Promise.all(
    classes.map(async (name) =>
      (await readdir(join(train, name, 'images'))).filter((file) => file.endsWith('.JPEG')).toSorted(),
    ),
  )
  const most = Math.max(...files.map((list) => list.length))
  for (let i = 0; i < most; i += every) {
    for (const [k, name] of classes.entries()) {
      const file = files[k]![i]
      if (file === undefined) continue
      const bytes = await readFile(join(train, name, 'images', file))
      yield {
        hash: createHash('sha256').update(bytes).digest('hex'),
        label: `tiny-imagenet/${name}`,
        split: 'train',
        bytes,
      }
    }
  }
}
