/** The networks that are here and whose features a new classifier can begin with: those that a person
 *  brought, `models/backbone` where it is there, which was made for it, and those of the classifiers that
 *  come with the product. Which one serves best, the run finds out. */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { preprocess } from '#lib/contracts/bundle.ts'
import type { InputSpec } from '#lib/domain/classifier.ts'
import { BODIES_FOLDER } from '../../features/known-networks.ts'
import type { BodyCandidate } from '../plan.ts'
import { preprocessFor } from '../../shipped/shipped.ts'

const BACKBONE = 'backbone'

/** Those that a person brought (`npm run import -- --body`), then those that came with the product. */
export async function bodiesHere(
  { modelsDir, dataDir }: { readonly modelsDir: string; readonly dataDir: string },
  input: InputSpec,
): Promise<readonly BodyCandidate[]> {
  return [...(await bodiesIn(join(dataDir, BODIES_FOLDER), input)), ...(await bodiesIn(modelsDir, input))]
}

export async function bodiesIn(modelsDir: string, input: InputSpec): Promise<readonly BodyCandidate[]> {
  const found: BodyCandidate[] = []
  for (const name of foldersIn(modelsDir)) {
    const version = newestIn(join(modelsDir, name))
    if (version === null) continue
    const folder = join(modelsDir, name, version)
    const text = await readFile(join(folder, 'preprocess.json'), 'utf8').catch(() => null)
    const read = text === null ? null : preprocess.safeParse(JSON.parse(text))
    if (read?.success && isAlike(read.data, input))
      found.push({
        name: name === BACKBONE ? `the ${BACKBONE}` : `${name} ${version}`,
        folder,
        spec: { ...read.data, fit: input.fit, background: preprocessFor(input).background },
      })
  }
  const isBackbone = ({ folder }: BodyCandidate): boolean => folder.startsWith(join(modelsDir, BACKBONE))
  return [...found.filter(isBackbone), ...found.filter((body) => !isBackbone(body))]
}

/** Written signs and photographs have nothing to learn from each other, nor have grey pictures and coloured
 *  ones. */
const isAlike = (spec: InputSpec, input: InputSpec): boolean =>
  spec.channels === input.channels && (spec.fit === 'digit') === (input.fit === 'digit')

function newestIn(folder: string): string | null {
  const versions = foldersIn(folder).filter((name) => /^v[1-9][0-9]*$/.test(name))
  return versions.toSorted((a, b) => Number(b.slice(1)) - Number(a.slice(1)))[0] ?? null
}

const foldersIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []
