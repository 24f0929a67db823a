/**
 * Turns the arguments of `npm run train` into the plan of a run: from the table of shipped classifiers, a
 * ZIP or folder, or the stored samples.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { shippedClassifier } from '#lib/contracts/bundle.ts'
import {
  PLAN_FORMAT,
  type NetworkCandidate,
  type RunPlan,
  type RunStart,
} from '#lib/contracts/training-plan.ts'
import type { InputSpec } from '#lib/domain/classifier.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { DISTILLATION } from '#lib/ml/recipes/distil.ts'
import { ROOT, VERSION, type Start } from '#lib/processes/settings.ts'
import { trainMemoryMb } from '#lib/training/run/learn/batch-size.ts'
import { planFile, readRunPlan, writePlan } from '#lib/training/run/plan.ts'
import { everyBackbone } from '#lib/training/run/start/backbones.ts'
import { preprocessFor, shippedTraining } from '#lib/training/shipped/shipped.ts'
import { wrong } from '../terminal/wrong-argument.ts'
import type { TrainArguments } from './arguments.ts'
import { recipeOf, startsWithNetwork, withEpochs } from './recipe.ts'
import { samplesOf } from './samples.ts'

const ENGINES = ['auto', 'onnx', 'tfjs-node', 'wasm'] as const

export type PreparedRun = { readonly folder: string; readonly plan: RunPlan }

export async function prepareRun(args: TrainArguments, start: Start): Promise<PreparedRun> {
  const { dataDir } = start.places
  // a forecast leaves the checkpoint of the last run unchanged
  const folder = join(dataDir, 'runs', `${args.plan ? 'plan' : 'command'}-${args.name}`)
  if (args.resume) {
    if (!existsSync(planFile(folder)))
      throw wrong(`There is no run of ${args.name} to resume`, `${folder} has no plan`, 'Omit --resume.')
    return { folder, plan: await readRunPlan(folder) }
  }
  const plan = await planOf(args, start, folder)
  await writePlan(folder, plan)
  return { folder, plan }
}

async function planOf(args: TrainArguments, start: Start, folder: string): Promise<RunPlan> {
  const { settings, places } = start
  const { dataDir } = places
  const shipped = shippedTraining(args.name)
  const teachers = args.teacher?.map((name) => versionIn('teacher', name, places.modelsDir))
  const base = args.base === undefined ? null : versionIn('base', args.base, places.modelsDir)
  const recipe = recipeOf(args.recipe ?? (base ? 'restart' : (shipped?.recipe ?? 'scratch-photo')), {
    isTaught: teachers !== undefined,
    base,
  })
  const engine = ENGINES.find((name) => name === (args.engine ?? settings.TRAINING_ENGINE))
  if (!engine)
    throw wrong(
      `There is no engine "${args.engine}"`,
      `the engines are ${ENGINES.join(', ')}`,
      'Choose one of them.',
    )
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const { samples, input, title, isMirrorable, ...found } = await samplesOf(args, start, folder)
  const known = base === null ? null : await readBundle(base)
  const classes = known
    ? [...known.classes, ...found.classes.filter((name) => !known.classes.includes(name))]
    : found.classes
  const body = args.body ?? (args.recipe === undefined ? shipped?.backbone : undefined)
  const candidates =
    base === null && startsWithNetwork(recipe) ? await candidatesFor(args.name, body, places, input) : []
  const out = args.ship
    ? join(ROOT, 'models', args.name, 'v1')
    : resolve(args.out ?? (await nextOut(dataDir, args.name)))
  await mkdir(join(out, '..'), { recursive: true })
  return {
    format: PLAN_FORMAT,
    runId: basename(folder),
    classifier: { id: args.name, title, isMirrorable },
    classes,
    version: /^v[1-9][0-9]*$/.test(basename(out)) ? basename(out) : 'v1',
    start: startOf(known && { version: known.manifest.version, folder: base! }, candidates),
    recipe: withEpochs(
      recipe,
      wholeNumber(
        '--epochs',
        args.epochs,
        args.recipe === undefined && shipped ? shipped.epochs : recipe.settings.epochs,
        1,
        500,
      ),
    ),
    spec: known?.preprocess ?? candidates[0]?.spec ?? preprocessFor(input),
    seed: wholeNumber('--seed', args.seed, 1, 0, 2 ** 31 - 1),
    engine,
    samples,
    teaching: teachers ? { kind: 'distil', folders: teachers, ...DISTILLATION } : { kind: 'none' },
    packs: join(dataDir, 'cache', 'packs'),
    out,
    memoryMb: trainMemoryMb(settings.TRAIN_MEMORY_MB, process.availableMemory() / 2),
    maxPixels: settings.MAX_PIXELS,
    dataName: shipped?.dataset ?? args.name,
    command: commandOf(args),
    codeVersion: codeVersion(),
    notes: known
      ? [
          ...known.card.notes.filter(isAboutOrigin),
          `It continued from a version created by: ${known.card.command}`,
        ]
      : [],
  }
}

/** How notes about the origin of a version start; the last two are in the cards of earlier versions. */
const ORIGIN_NOTES = ['It started from', 'It continued from', 'It began with', 'It went on from']

/** Of the notes of the base version, those that also apply to the new version. */
const isAboutOrigin = (note: string): boolean => ORIGIN_NOTES.some((start) => note.startsWith(start))

function startOf(
  base: { readonly version: string; readonly folder: string } | null,
  candidates: readonly NetworkCandidate[],
): RunStart {
  if (base) return { kind: 'version', ...base }
  return candidates.length > 0 ? { kind: 'choose-network', candidates } : { kind: 'random' }
}

/** The named one, or all except the classifier itself, which was trained on these images. */
async function candidatesFor(
  name: string,
  requested: string | undefined,
  places: Start['places'],
  input: InputSpec,
): Promise<readonly NetworkCandidate[]> {
  const nameOf = ({ folder }: NetworkCandidate): string => basename(dirname(folder))
  const here = (await everyBackbone(places, input)).filter((one) => nameOf(one) !== name)
  const chosen = requested === undefined ? here : here.filter((one) => nameOf(one) === requested)
  if (here.length === 0)
    throw wrong(
      'It cannot start from a pretrained network',
      'no available network has features that distinguish these images',
      'Import one (npm run import -- --body), or choose a scratch recipe.',
    )
  if (chosen.length === 0)
    throw wrong(
      `There is no pretrained network "${requested}"`,
      `the networks are ${here.map(nameOf).join(', ')}`,
      'Choose one of them.',
    )
  return chosen
}

/** A folder with a bundle, or the name of a classifier that ships. */
function versionIn(role: 'base' | 'teacher', name: string, modelsDir: string): string {
  const shipped = join(modelsDir, name, 'classifier.json')
  const folder = existsSync(shipped)
    ? join(modelsDir, name, shippedClassifier.parse(JSON.parse(readFileSync(shipped, 'utf8'))).champion)
    : resolve(name)
  if (!existsSync(join(folder, 'manifest.json')))
    throw wrong(
      `There is no ${role} "${name}"`,
      `${folder} has no version`,
      'Specify a folder with a bundle, or a shipped classifier.',
    )
  return folder
}

/**
 * The command as a user would type it; of a path only the last part, which is the name of the data, and for
 * a version's folder also the classifier.
 */
function commandOf({
  name,
  from,
  recipe,
  body,
  base,
  teacher,
  epochs,
  seed,
  engine,
  ship,
}: TrainArguments): string {
  const options = Object.entries({
    from: from === undefined ? undefined : basename(from),
    recipe,
    body,
    base: base === undefined ? undefined : versionNamed(base),
    teacher: teacher?.map(versionNamed).join(' --teacher '),
    epochs,
    seed,
    engine,
  }).flatMap(([key, value]) => (value === undefined ? [] : [`--${key} ${value}`]))
  return ['npm run train --', name, ...options, ...(ship ? ['--ship'] : [])].join(' ')
}

const versionNamed = (path: string): string =>
  /^v\d+$/.test(basename(path)) ? join(basename(dirname(resolve(path))), basename(path)) : basename(path)

async function nextOut(dataDir: string, name: string): Promise<string> {
  const folder = join(dataDir, 'trained', name)
  const numbers = (await readdir(folder).catch(() => []))
    .flatMap((entry) => /^v([1-9][0-9]*)$/.exec(entry)?.[1] ?? [])
    .map(Number)
  return join(folder, `v${Math.max(0, ...numbers) + 1}`)
}

function wholeNumber(
  option: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most)
    throw wrong(
      `${option} ${text} is not valid`,
      `it must be a whole number from ${least} to ${most}`,
      'Change the value.',
    )
  return value
}

function codeVersion(): string {
  try {
    return `${VERSION}+${execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trim()}`
  } catch {
    return VERSION // a copy without git
  }
}
