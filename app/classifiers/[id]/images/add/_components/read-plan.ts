/** Asks the server what the selected files would be read as, without sending the images. */
import { call, type NamedFile } from '#lib/contracts/client.ts'
import type { UploadPlan } from '#lib/contracts/upload-plan.ts'
import { tablePathsIn } from '#lib/domain/reading/table-files.ts'
import type { UploadRequest } from './upload-requests.ts'
import { zipSkeleton } from './zip-skeleton.ts'

/** A larger archive without a skeleton is not sent twice. */
const LARGEST_ZIP_BYTES = 100 * 1024 ** 2

/** Null: the plan is known only after the upload. */
export async function readPlan(
  { files }: UploadRequest,
  reading: string,
  signal: AbortSignal,
): Promise<UploadPlan | null> {
  const tables = new Set(tablePathsIn(files.map((file) => ({ path: file.name, bytes: blobOf(file).size }))))
  const outlines = await Promise.all(
    files.map(async (file) => (tables.has(file.name) ? file : outlineOf(file))),
  )
  const known = outlines.filter((one) => one !== null)
  if (known.length < files.length) return null
  const answer = await call(
    'POST /api/upload',
    { files: known, dry_run: true, ...(reading !== '' && { reading }) },
    signal,
  )
  return 'dry_run' in answer ? answer.plan : null
}

const blobOf = (file: NamedFile): Blob => (file instanceof File ? file : file.blob)

/** What stands for a file whose content makes no difference. */
const SOMETHING = new Blob(['.'])

async function outlineOf(file: NamedFile): Promise<NamedFile | null> {
  const { name } = file
  const blob = blobOf(file)
  if (!/\.(?:zip|tm)$/i.test(name)) return { blob: SOMETHING, name }
  const skeleton = await zipSkeleton(blob)
  if (skeleton !== null) return { blob: skeleton, name }
  return blob.size > LARGEST_ZIP_BYTES ? null : file
}
