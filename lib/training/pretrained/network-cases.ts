/** Pretrained networks as people and scripts see them: a list, downloads, an uploaded ONNX file, and removal. The jobs
 *  themselves are done by the worker. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CATALOGUE_NAMES,
  type CatalogueName,
  type discardBackbone,
  type listBackbones,
  type NetworkAnswer,
  type UploadedOnnxAnswer,
} from '#lib/contracts/backbones.ts'
import type { Output } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import { backbonePayload } from '#lib/contracts/job-payloads.ts'
import type { Data } from '#lib/data/data.ts'
import { DarkroomError, type ErrorCode } from '#lib/domain/errors.ts'
import { readCard } from '#lib/ml/formats/bundle.ts'
import { BACKBONE_FOLDER } from './backbone-package.ts'
import { CATALOGUE, hostOf, isInCatalogue } from './catalogue.ts'
import { downloadFolder } from './install-network.ts'
import { discardUpload, hasUpload, readUpload, receiveOnnx } from './uploaded-onnx.ts'

export type NetworkCaseParts = {
  readonly data: { readonly jobs: Pick<Data['jobs'], 'enqueue' | 'latest' | 'requestCancel'> }
  /** Of this DATA_DIR. */
  readonly folder: string
  /** Of the installation. */
  readonly pretrainedDir: string
  readonly downloads: string
  readonly now: () => Date
}

export type NetworkCases = {
  readonly listBackbones: () => Promise<Output<typeof listBackbones>>
  readonly downloadBackbone: RouteAnswer<'POST /api/backbones/{id}/download'>
  readonly removeBackbone: RouteAnswer<'DELETE /api/backbones/{id}'>
  readonly uploadBackbone: RouteAnswer<'POST /api/backbones'>
  readonly addBackbone: RouteAnswer<'POST /api/backbones/upload'>
  readonly discardBackbone: () => Promise<Output<typeof discardBackbone>>
}

export function createNetworkCases(parts: NetworkCaseParts): NetworkCases {
  const { data, folder, now } = parts
  const latest = async () => {
    const job = await data.jobs.latest('backbone')
    return job && { ...job, payload: backbonePayload.parse(job.payload) }
  }
  const pending = async () => {
    const job = await latest()
    return job?.state === 'queued' || job?.state === 'running' ? { ...job, state: job.state } : null
  }
  const requireIdle = async (what: string): Promise<void> => {
    if (await pending())
      throw refusal(
        'already_running',
        what,
        'another pretrained network is being installed',
        'Wait until it is done.',
      )
  }
  const enqueue = (payload: Parameters<typeof data.jobs.enqueue<'backbone'>>[1]) =>
    data.jobs.enqueue('backbone', payload, now().getTime())

  return {
    async listBackbones() {
      const job = await latest()
      const installed = await installedIn(parts)
      const running = await pending()
      const available = CATALOGUE_NAMES.filter((name) => !installed.some((one) => one.name === name)).map(
        (name) =>
          availableNetwork(name, running?.payload.network === name ? running.state : 'available', parts),
      )
      const upload = await uploadAnswer(folder, job)
      return {
        networks: [...installed, ...available],
        upload,
        last_failure:
          job?.state === 'failed' && upload?.state !== 'failed' ? (job.error?.message ?? null) : null,
      }
    },

    async downloadBackbone({ id: name }) {
      if (!isInCatalogue(name)) throw unknown(name)
      const { title } = CATALOGUE[name]
      const what = `${title} is not downloaded`
      if (isInstalled(folder, name))
        throw refusal('conflict', what, 'it is already installed', 'No action is needed.')
      await requireIdle(what)
      return {
        success: true,
        message: `${title} is being downloaded.`,
        job_id: await enqueue({ network: name }),
      }
    },

    async removeBackbone({ id: name }) {
      const running = await pending()
      if (running?.payload.network === name) {
        await data.jobs.requestCancel(running.id, now().getTime())
        if (isInCatalogue(name))
          await rm(downloadFolder(parts.downloads, name), { recursive: true, force: true })
        return { success: true, message: 'The download was cancelled.' }
      }
      if (!isInstalled(folder, name)) throw unknown(name)
      await rm(join(folder, name), { recursive: true, force: true })
      return { success: true, message: `${name} was removed. Versions that use it keep their copy.` }
    },

    async uploadBackbone({ parts: form, ...stated }) {
      const mayReplace = () => requireIdle('The file is not examined')
      await mayReplace()
      const { file } = await receiveOnnx(folder, form, { stated, mayReplace })
      return {
        success: true,
        message: `${file} is being examined.`,
        job_id: await enqueue({ upload: 'examine' }),
      }
    },

    async addBackbone({ name, value, reading }) {
      const what = 'No pretrained network was added'
      const upload = await readUpload(folder)
      if (!upload?.preview)
        throw refusal('not_found', what, 'no ONNX file has been uploaded and examined', 'Upload one first.')
      if (isInstalled(folder, name) || name === BACKBONE_FOLDER || isInCatalogue(name))
        throw refusal('conflict', what, `"${name}" is the name of another network`, 'Choose another name.')
      if (!upload.preview.choices.some((one) => one.value === value && one.reading === reading))
        throw refusal(
          'invalid_input',
          what,
          `the file has no features "${value}" (${reading})`,
          'Choose one of the list.',
        )
      await requireIdle(what)
      const job_id = await enqueue({ upload: { name, value, reading } })
      return { success: true, message: `${name} is being added.`, job_id }
    },

    async discardBackbone() {
      if (!(await hasUpload(folder)))
        throw refusal(
          'not_found',
          'Nothing was discarded',
          'no ONNX file is uploaded',
          'No action is needed.',
        )
      const running = await pending()
      if (running?.payload.upload) await data.jobs.requestCancel(running.id, now().getTime())
      await discardUpload(folder)
      return { success: true, message: 'The uploaded file was discarded.' }
    },
  }
}

const isInstalled = (folder: string, name: string): boolean =>
  existsSync(join(folder, name, 'v1', 'manifest.json'))

/** Those of this DATA_DIR, then those of the installation; unreadable ones are left out. */
async function installedIn({ folder, pretrainedDir }: NetworkCaseParts): Promise<readonly NetworkAnswer[]> {
  const found = new Map<string, NetworkAnswer>()
  for (const place of [folder, pretrainedDir]) {
    const names = existsSync(place) ? readdirSync(place).sort() : []
    for (const name of names.filter((one) => !found.has(one) && isInstalled(place, one))) {
      const answer = await installedNetwork(place, name).catch(() => null)
      if (answer) found.set(name, { ...answer, is_removable: place === folder })
    }
  }
  return [...found.values()]
}

async function installedNetwork(place: string, name: string): Promise<NetworkAnswer> {
  const { title, data, network, recipe } = await readCard(join(place, name, 'v1'))
  const { license, features, milliseconds_per_image, sha256 } = recipe.settings
  const known = isInCatalogue(name) ? CATALOGUE[name] : null
  return {
    name,
    title,
    state: 'installed',
    trained_on: data.name,
    license: known?.license ?? (typeof license === 'string' ? license : null),
    host: known && hostOf(known),
    size_bytes: network.bytes,
    published: known?.published ?? null,
    features: typeof features === 'number' ? features : null,
    milliseconds_per_image: typeof milliseconds_per_image === 'number' ? milliseconds_per_image : null,
    sha256: typeof sha256 === 'string' ? sha256 : null,
    is_onnx: network.is_onnx === true,
    is_removable: true,
    progress: null,
  }
}

function availableNetwork(
  name: CatalogueName,
  state: 'available' | 'queued' | 'running',
  { downloads }: NetworkCaseParts,
): NetworkAnswer {
  const entry = CATALOGUE[name]
  return {
    name,
    title: entry.title,
    state,
    trained_on: entry.trainedOn,
    license: entry.license,
    host: hostOf(entry),
    size_bytes: entry.bytes,
    published: entry.published,
    features: null,
    milliseconds_per_image: null,
    sha256: entry.checksums[0] ?? null,
    is_onnx: entry.content.kind === 'onnx',
    is_removable: false,
    progress:
      state === 'running'
        ? Math.min(100, (100 * bytesIn(downloadFolder(downloads, name))) / entry.bytes)
        : null,
  }
}

const bytesIn = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder).reduce(
        (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
        0,
      )
    : 0

type BackboneJob = NonNullable<Awaited<ReturnType<Data['jobs']['latest']>>> & {
  readonly payload: ReturnType<typeof backbonePayload.parse>
}

async function uploadAnswer(folder: string, job: BackboneJob | null): Promise<UploadedOnnxAnswer | null> {
  const upload = await readUpload(folder)
  if (!upload) return null
  const { request, preview, refusal: refused } = upload
  const isOwn = job?.payload.upload !== undefined
  const state = isOwn && (job.state === 'queued' || job.state === 'running') ? job.state : null
  return {
    file: request.file,
    state: state ?? (preview ? 'ready' : 'failed'),
    message: refused ?? (isOwn && job.state === 'failed' ? (job.error?.message ?? null) : null),
    normalisation: request.normalisation,
    input_size: preview?.input_size ?? null,
    milliseconds_per_image: preview?.milliseconds_per_image ?? null,
    choices: preview?.choices ?? [],
  }
}

const unknown = (name: string): DarkroomError =>
  refusal(
    'not_found',
    `There is no pretrained network "${name}"`,
    'its name is unknown',
    'See GET /api/backbones.',
  )

const refusal = (code: ErrorCode, what: string, why: string, remedy: string): DarkroomError =>
  new DarkroomError(code, { what, why, remedy })
