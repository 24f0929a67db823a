/** The networks on this machine whose layers a new classifier can start with: those that a person imported, the
 *  default one, which is fetched after the installation, `models/backbone`, which ships, and those of the
 *  classifiers that ship. Which of several serves best, the run finds out (choose-backbone.ts). */
import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import type { NetworkCandidate } from '#lib/contracts/training-plan.ts'
import type { InputSpec } from '#lib/domain/classifier.ts'
import { isOnnxBundle, readPreprocess } from '#lib/ml/formats/bundle.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import { BACKBONE_FOLDER, BACKBONE_TITLE } from '../../pretrained/backbone-package.ts'
import { preprocessFor } from '../../shipped/shipped.ts'

const BACKBONE = 'backbone'

export type BackbonePlaces = {
  readonly modelsDir: string
  readonly pretrainedDir: string
  readonly dataDir: string
}

/** The setting BACKBONE, or a person's choice for one run. */
export type BackboneSetting = 'auto' | 'own' | (string & {})

/** What one click chooses from: the networks that a person imported and the default one. Where that is missing,
 *  `own` is set, or the images are not photographs in colour, those that ship take its place. A name: that network
 *  alone, once it is installed. */
export async function availableBackbones(
  places: BackbonePlaces,
  input: InputSpec,
  setting: BackboneSetting,
): Promise<readonly NetworkCandidate[]> {
  const all = await everyBackbone(places, input)
  const named = all.filter(({ folder }) => basename(dirname(folder)) === setting)
  if (named.length > 0) return named
  const standard = installedBackbone(places)
  const isShipped = ({ folder }: NetworkCandidate): boolean => folder.startsWith(join(places.modelsDir, sep))
  if (setting === 'own') return all.filter(({ folder }) => !isStandard(folder))
  return standard !== null && all.some(({ folder }) => isStandard(folder))
    ? all.filter((candidate) => !isShipped(candidate))
    : all
}

/** Every network that fits the images: imported ones (`npm run import -- --body`), the default one, and those
 *  that ship. */
export async function everyBackbone(
  places: BackbonePlaces,
  input: InputSpec,
): Promise<readonly NetworkCandidate[]> {
  const imported = await backbonesIn(join(places.dataDir, BODIES_FOLDER), input)
  const fetched = imported.some(({ folder }) => isStandard(folder))
    ? []
    : await backbonesIn(places.pretrainedDir, input)
  return [...imported, ...fetched, ...(await backbonesIn(places.modelsDir, input))]
}

/** The bundle of the default pretrained network; null: it is not installed. */
export function defaultBundle(places: Pick<BackbonePlaces, 'dataDir' | 'pretrainedDir'>): string | null {
  const folder = installedBackbone(places)
  return folder === null ? null : join(folder, 'v1')
}

/** The folder of the default pretrained network, fetched by the set-up or from a page; null: it is missing. */
export function installedBackbone({
  dataDir,
  pretrainedDir,
}: Pick<BackbonePlaces, 'dataDir' | 'pretrainedDir'>): string | null {
  const folders = [join(dataDir, BODIES_FOLDER), pretrainedDir].map((folder) => join(folder, BACKBONE_FOLDER))
  return folders.find((folder) => existsSync(join(folder, 'v1', 'manifest.json'))) ?? null
}

const isStandard = (folder: string): boolean => basename(dirname(folder)) === BACKBONE_FOLDER

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
        name: titleOf(name, version),
        folder,
        spec: { ...spec, fit: input.fit, background: preprocessFor(input).background },
        ...((await isOnnxBundle(folder)) && { isOnnx: true as const }),
      })
  }
  const isBackbone = ({ folder }: NetworkCandidate): boolean => folder.startsWith(join(modelsDir, BACKBONE))
  return [...candidates.filter(isBackbone), ...candidates.filter((candidate) => !isBackbone(candidate))]
}

function titleOf(name: string, version: string): string {
  if (name === BACKBONE) return `the ${BACKBONE}`
  return name === BACKBONE_FOLDER ? BACKBONE_TITLE : `${name} ${version}`
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
