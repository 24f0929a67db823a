/** A version for a browser: its description, its weights, its reference features, and the TensorFlow.js files that
 *  run it there. It computes nothing; lib/browser does, in the page. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { storedModel, type BrowserModelAnswer, type EngineFile } from '#lib/contracts/browser.ts'
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { packageFile } from '#lib/contracts/developer-files.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { WEIGHTS_FILE } from '#lib/ml/formats/weights-file.ts'
import { referenceVectorBytes } from '#lib/ml/evaluate/familiarity.ts'
import { thresholdsOf } from '#lib/ml/evaluate/reliability.ts'
import type { TrainingData } from '../ports.ts'

/** Golden images that a browser is tested with: two find a broken backend, sixteen would take seconds. */
const GOLDEN_IMAGES = 2

const SOURCE_OF: Readonly<Record<EngineFile, { readonly from: string; readonly mediaType: string }>> = {
  'tf.js': { from: 'tfjs/dist/tf.es2017.min.js', mediaType: 'text/javascript; charset=utf-8' },
  'tf-backend-wasm.js': {
    from: 'tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js',
    mediaType: 'text/javascript; charset=utf-8',
  },
  'tfjs-backend-wasm.wasm': {
    from: 'tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
    mediaType: 'application/wasm',
  },
  'tfjs-backend-wasm-simd.wasm': {
    from: 'tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    mediaType: 'application/wasm',
  },
}

export type BrowserModelParts = {
  readonly data: Pick<TrainingData, 'classifiers' | 'live' | 'versions'>
  /** The folder that has `node_modules`. */
  readonly root: string
}

export type BrowserModelCases = {
  readonly describeBrowserModel: RouteAnswer<'GET /api/model/browser'>
  readonly browserModelFile: RouteAnswer<'GET /api/models/{id}/browser'>
  readonly browserEngineFile: RouteAnswer<'GET /api/model/browser-engine'>
}

type VersionFiles = Pick<Version, 'id' | 'classifierId' | 'name' | 'folder'>

export function createBrowserModelCases({ data, root }: BrowserModelParts): BrowserModelCases {
  const versionOf = async (classifierId: string, name: string | undefined): Promise<Version> => {
    const version =
      name === undefined
        ? ((await data.live.of(classifierId))?.version ?? null)
        : await data.versions.find(classifierId, name)
    if (version) return version
    throw new DarkroomError('not_found', {
      what:
        name === undefined
          ? `"${classifierId}" has no live version`
          : `There is no ${name} of "${classifierId}"`,
      why: name === undefined ? 'it has not been trained' : 'it never existed or was deleted',
      remedy: 'Train it, or see /api/models for valid versions.',
    })
  }

  return {
    async describeBrowserModel({ classifier, version: name }) {
      const { id, title } = await data.classifiers.chosen(classifier)
      const { id: versionId } = await versionOf(id, name)
      return describeForBrowser(await data.versions.get(versionId), {
        title,
        engine: await engineRelease(root),
      })
    },

    async browserModelFile({ id, file }) {
      return fileForBrowser(await data.versions.get(id), file)
    },

    async browserEngineFile({ release, file }) {
      if (release !== undefined && release !== (await engineRelease(root)))
        throw new DarkroomError('not_found', {
          what: `TensorFlow.js ${release} is not installed`,
          why: 'Darkroom was updated',
          remedy: 'Reload the page.',
        })
      const { mediaType } = SOURCE_OF[file]
      return {
        bytes: await engineBytes(root, file),
        mediaType,
        filename: null,
        isImmutable: release !== undefined,
      }
    },
  }
}

/** @throws DarkroomError `not_found` where the version cannot run in a browser */
export async function describeForBrowser(
  version: VersionFiles,
  { title, engine }: { readonly title: string; readonly engine: string },
): Promise<BrowserModelAnswer> {
  const { classes, preprocess, golden, manifest, reference, card } = await readBundle(version.folder)
  if (!manifest.files['model.json']) throw notInABrowser(version)
  const stored: unknown = JSON.parse(await readFile(path.join(version.folder, 'model.json'), 'utf8'))
  const { modelTopology, weightsManifest } = storedModel.parse(stored)
  const { sureness, candidateMass, familiarUpTo } = thresholdsOf(card)
  return {
    id: version.id,
    classifier: version.classifierId,
    title,
    version: version.name,
    classes: [...classes],
    preprocess,
    temperature: card.calibration?.temperature ?? 1,
    thresholds: {
      sureness: sureness && {
        threshold: sureness.threshold,
        target_error: sureness.targetError,
        images: sureness.images,
      },
      candidate_mass: candidateMass,
      familiar_up_to: familiarUpTo,
    },
    topology: modelTopology,
    weights: weightsManifest[0].weights,
    weights_bytes: manifest.files[WEIGHTS_FILE]?.bytes ?? 0,
    reference: reference && {
      count: reference.ids.length,
      length: reference.length,
      neighbour: reference.neighbour,
      is_centred: reference.centre !== null,
    },
    golden: golden.inputs
      .slice(0, GOLDEN_IMAGES)
      .map(({ png, probabilities }) => ({ png, probabilities: [...probabilities] })),
    tolerance: golden.tolerance,
    engine,
  }
}

export async function fileForBrowser(
  version: VersionFiles,
  file: 'weights' | 'reference',
): Promise<FileAnswer> {
  const read = async (name: string): Promise<Uint8Array> => {
    const bytes = await readFile(path.join(version.folder, name)).catch(() => null)
    if (bytes) return new Uint8Array(bytes)
    throw new DarkroomError('not_found', {
      what: `${version.name} of "${version.classifierId}" has no ${name}`,
      why: 'it was saved without it, or its files are damaged',
      remedy: 'Predict on the server.',
    })
  }
  const bytes =
    file === 'weights' ? await read(WEIGHTS_FILE) : referenceVectorBytes(await read('reference.bin'))
  return { bytes, mediaType: 'application/octet-stream', filename: null, isImmutable: true }
}

/** The version of TensorFlow.js that is installed. */
export async function engineRelease(root: string): Promise<string> {
  const text = await readFile(path.join(root, 'node_modules/@tensorflow/tfjs/package.json'), 'utf8')
  return packageFile.parse(JSON.parse(text)).version ?? ''
}

export async function engineBytes(root: string, file: EngineFile): Promise<Uint8Array> {
  const from = path.join(root, 'node_modules/@tensorflow', SOURCE_OF[file].from)
  const bytes = await readFile(from).catch(() => null)
  if (bytes) return new Uint8Array(bytes)
  throw new DarkroomError('not_found', {
    what: `${file} is not installed`,
    why: 'a package of TensorFlow.js is missing from node_modules',
    remedy: 'Install the packages again: npm ci.',
  })
}

const notInABrowser = ({ name, classifierId }: Pick<Version, 'name' | 'classifierId'>): DarkroomError =>
  new DarkroomError('not_found', {
    what: `${name} of "${classifierId}" cannot run in a browser`,
    why: 'its pretrained network is an ONNX file, which TensorFlow.js cannot load',
    remedy: 'Predict on the server, or train a version on another pretrained network.',
  })
