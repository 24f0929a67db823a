/** POST /api/phone/images: the images of a phone link become an upload of its classifier. Only single images of one
 *  class are let through: an archive or a table could bring thousands, or other classes. */
import { peekStream } from '#lib/archive/spool-file.ts'
import type { Caller, Input, Output, Part } from '#lib/contracts/contract.ts'
import type { addPhoneImages } from '#lib/contracts/phone-links.ts'
import type { PhoneLinks } from '#lib/data/administration/phone-links.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { MOST_LINK_BYTES, MOST_LINK_IMAGES, MOST_REQUEST_IMAGES } from '#lib/domain/phone-limits.ts'
import { isImageKind, sniff } from '#lib/images/sniff.ts'
import type { IngestAnswers } from './ports.ts'

const SNIFF_BYTES = 64
const MOST_PROBLEMS = 10
const MOST = { images: MOST_LINK_IMAGES, bytes: MOST_LINK_BYTES } as const

type AddPhoneImages = typeof addPhoneImages
export type PhoneImageCases = {
  readonly addPhoneImages: (
    input: Input<AddPhoneImages>,
    request: { readonly caller: Caller; readonly requestId: string; readonly signal: AbortSignal },
  ) => Promise<Output<AddPhoneImages>>
}

export function createPhoneImages({
  upload,
  phoneLinks,
}: {
  readonly upload: IngestAnswers['upload']
  readonly phoneLinks: Pick<PhoneLinks, 'take'>
}): PhoneImageCases {
  return {
    async addPhoneImages({ parts }, { caller: { id, classifier, link }, requestId, signal }) {
      if (id === null || classifier === undefined || link === undefined)
        throw new Error('only a phone link adds images here')
      const take = (images: number, bytes: number) => phoneLinks.take(id, { images, bytes }, MOST)
      const report = await upload(
        { classifier, parts: singleImages(parts, { label: link.label, take }) },
        { requestId, phoneLinkId: id, signal },
      )
      if ('dry_run' in report) throw new Error('a phone sends no dry_run')
      const { message, count, findings } = report
      const problems = findings
        .filter((one) => one.sample_id === null)
        .map(({ filename, detail }) => `${filename}: ${detail}`)
      return { success: true, message, count, problems: problems.slice(0, MOST_PROBLEMS) }
    },
  }
}

type Allowance = {
  /** The class of all images; null: the one in the form. */
  readonly label: string | null
  /** Counts what arrives; false where the link allows no more. */
  readonly take: (images: number, bytes: number) => Promise<boolean>
}

async function* singleImages(parts: AsyncIterable<Part>, { label, take }: Allowance): AsyncGenerator<Part> {
  let files = 0
  if (label !== null) yield { kind: 'field', name: 'label', value: label }
  for await (const part of parts) {
    if (part.kind === 'field') {
      if (part.name === 'one_group' || (part.name === 'label' && label === null)) yield part
      continue
    }
    files += 1
    if (files > MOST_REQUEST_IMAGES) throw tooMany()
    const { first, all } = await peekStream(part.bytes, SNIFF_BYTES)
    const { kind, words } = sniff(first)
    if (!isImageKind(kind)) throw notAnImage(words)
    if (!(await take(1, 0))) throw usedUp()
    let sizeBytes = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of all) {
        sizeBytes += chunk.byteLength
        yield chunk
      }
    }
    // the name alone: folders and tables would name classes
    yield { kind: 'file', name: 'files', filename: `${nameOf(part.filename)}.${kind}`, bytes: counted() }
    if (!(await take(0, sizeBytes))) throw usedUp()
  }
}

const nameOf = (filename: string): string =>
  (filename.split(/[\\/]/).at(-1) ?? '').replace(/\.[^.]*$/, '') || 'phone'

const tooMany = (): DarkroomError =>
  new DarkroomError('too_large', {
    what: 'The images were not added',
    why: `a phone sends at most ${MOST_REQUEST_IMAGES} images at once`,
    remedy: 'Send fewer images at once.',
  })

const notAnImage = (words: string): DarkroomError =>
  new DarkroomError('not_an_image', {
    what: 'The images were not added',
    why: `one file is ${words}, and a phone sends only images`,
    remedy: 'Choose JPEG, PNG or WebP images.',
  })

const usedUp = (): DarkroomError =>
  new DarkroomError('conflict', {
    what: 'The images were not added',
    why:
      `the link has ended, or it has sent its ${MOST_LINK_IMAGES} images or ` +
      `${MOST_LINK_BYTES / 1024 ** 2} MB`,
    remedy: 'Create a new link on the page where images are added.',
  })
