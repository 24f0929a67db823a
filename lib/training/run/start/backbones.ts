/** The networks on this machine whose layers a new classifier can start with: those that a user imported,
 *  `models/backbone`, which was trained for this purpose, and those of the shipped classifiers.
 *  choose-backbone.ts chooses among them. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkCandidate } from '#lib/contracts/training-plan.ts'
import type { InputSpec } from '#lib/domain/classifier.ts'
import { readPreprocess } from '#lib/ml/formats/bundle.ts'
import { BODIES_FOLDER } from '../../features/known-networks.ts'
import { preprocessFor } from '../../shipped/shipped.ts'

const BACKBONE = 'backbone'

/** Imported ones first (`npm run import -- --body`), then the shipped ones. */
export async function availableBackbones(
  { modelsDir, dataDir }: { readonly modelsDir: string; readonly dataDir: string },
  input: InputSpec,
): Promise<readonly NetworkCandidate[]> {
  return [
    ...(await backbonesIn(join(dataDir, BODIES_FOLDER), input)),
    ...(await backbonesIn(modelsDir, input)),
  ]
}

/** The newest version of each network in the folder that fits the images; unreadable ones are left out. */
export async function backbonesIn(modelsDir: string, input: InputSpec): Promise<readonly NetworkCandidate[]> {
  const candidates: NetworkCandidate[] = []
  for (const name of foldersIn(modelsDir)) {
    const version = newestIn(join(modelsDir, name))
    if (version === null) continue
    const folder = join(modelsDir, name, version)
    const spec = await readPreprocess(folder).catch(() => null)
    if (spec && isAlike(spec, input))
      candidates.push({
        name: name === BACKBONE ? `the ${BACKBONE}` : `${name} ${version}`,
        folder,
        spec: { ...spec, fit: input.fit, background: preprocessFor(input).background },
      })
  }
  const isBackbone = ({ folder }: NetworkCandidate): boolean => folder.startsWith(join(modelsDir, BACKBONE))
  return [...candidates.filter(isBackbone), ...candidates.filter((candidate) => !isBackbone(candidate))]
}

/** Features of digits are useless for photographs, and those of grey images for coloured ones. */
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
