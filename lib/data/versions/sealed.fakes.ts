/**
 * For tests: a folder that is a bundle in every respect that this module verifies. Its weights are noise;
 * no engine could load it.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { plainCard, plainTest } from '#lib/contracts/card.fakes.ts'
import type { Data } from '../data.ts'
import type { VersionWithCard } from './version-values.ts'

export const CLASSES = ['apple', 'lime', 'plum']

export function sealBundle(
  folder: string,
  { classifier = 'fruit', version = 'v1', classes = CLASSES, accuracy = 0.9 } = {},
): string {
  mkdirSync(folder, { recursive: true })
  const card = plainCard({
    classifier,
    version,
    created_at: '2026-11-20T08:00:00.000Z',
    command: 'npm run train -- fruit',
    engine: 'wasm',
    code_version: '0.1.0',
    data: { name: 'fruit', snapshot: '0'.repeat(64), train: 10, validation: 2, test: 100, test_opened: 1 },
    network: { name: 'small', parameters: 1_000, flops: 1, bytes: 2_000 },
    test: plainTest(100, accuracy),
  })
  const contents: Record<string, string> = {
    'model.json': '{}',
    'weights.bin': `noise ${classifier} ${version}`,
    'preprocess.json': JSON.stringify({
      size: 32,
      channels: 3,
      fit: 'cover',
      background: [255, 255, 255],
      resize: 'lanczos3',
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
    }),
    'classes.json': JSON.stringify(classes),
    'card.json': JSON.stringify(card),
    'golden.json': '{}',
  }
  const files = Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [
      name,
      { sha256: createHash('sha256').update(content).digest('hex'), bytes: Buffer.byteLength(content) },
    ]),
  )
  for (const [name, content] of Object.entries({
    ...contents,
    'manifest.json': JSON.stringify({ format: 'darkroom-bundle/1', classifier, version, files }),
  }))
    writeFileSync(path.join(folder, name), content)
  return folder
}

/** The next version of a classifier, sealed and registered. */
export async function registerVersion(
  data: Data,
  more: { classes?: string[]; runId?: string | null; classifier?: string } = {},
): Promise<VersionWithCard> {
  const classifier = more.classifier ?? 'fruit'
  const number = await data.versions.nextNumber(classifier)
  sealBundle(data.versions.folderFor(classifier, number), {
    classifier,
    version: `v${number}`,
    classes: more.classes ?? CLASSES,
  })
  return data.versions.register({ classifierId: classifier, number, runId: more.runId ?? null })
}

export function shipClassifier(
  modelsDir: string,
  { id = 'fruit', champion = 'v1', versions = ['v1'], accuracy = 0.9 } = {},
): void {
  for (const version of versions)
    sealBundle(path.join(modelsDir, id, version), { classifier: id, version, accuracy })
  const described = {
    id,
    title: 'Fruit',
    is_mirrorable: true,
    has_digits: false,
    recipe: 'scratch-small',
    champion,
    dataset: { name: 'fruit', images: 300, command: 'npm run dataset -- fruit' },
  }
  writeFileSync(path.join(modelsDir, id, 'classifier.json'), JSON.stringify(described))
}
