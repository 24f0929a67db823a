/** Links that let a phone add images to one classifier; the token is stored only as sha256. lib/auth decides who a link
 *  lets in, and lib/ingest what it may send. */
import { notFound } from '../store.ts'
import type { Store } from '../store.ts'

/** Stored for the list of the classifier and for the record of uploads. */
const STORED_MS = 30 * 24 * 3_600_000

export type PhoneLink = {
  readonly id: string
  readonly classifierId: string
  /** The class of all its images; null: the phone names it. */
  readonly label: string | null
  readonly mayPredict: boolean
  /** The name of its creator. */
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly endedAt: Date | null
  /** Sent so far. */
  readonly images: number
  readonly bytes: number
}

export type PhoneLinks = {
  readonly create: (
    draft: Pick<PhoneLink, 'classifierId' | 'label' | 'mayPredict' | 'createdBy' | 'expiresAt'> & {
      readonly sha256: string
      readonly createdById: string | null
    },
  ) => Promise<PhoneLink>
  /** Null for an unknown one, and for that of a user who is disabled or may not edit. */
  readonly findByHash: (sha256: string) => Promise<PhoneLink | null>
  readonly get: (id: string) => Promise<PhoneLink>
  /** Again without effect. */
  readonly end: (id: string) => Promise<PhoneLink>
  /** Counts what arrives through a link; false, and nothing is counted, where a limit is reached or the link has
   *  ended. */
  readonly take: (
    id: string,
    sent: { readonly images: number; readonly bytes: number },
    most: { readonly images: number; readonly bytes: number },
  ) => Promise<boolean>
}

export function phoneLinksOf({ prisma, id, now }: Store): PhoneLinks {
  const get = async (linkId: string): Promise<PhoneLink> => {
    const row = await prisma.phoneLink.findUnique({ where: { id: linkId }, omit: { hash: true } })
    if (!row) throw notFound('phone link', linkId)
    return row
  }
  return {
    async create({ sha256, ...draft }) {
      await prisma.phoneLink.deleteMany({
        where: { expiresAt: { lt: new Date(now().getTime() - STORED_MS) } },
      })
      const row = { id: id(), hash: sha256, ...draft, createdAt: now(), endedAt: null, images: 0, bytes: 0 }
      return prisma.phoneLink.create({ data: row, omit: { hash: true } })
    },
    findByHash(sha256) {
      const mayEdit = { isDisabled: false, role: { not: 'viewer' } }
      return prisma.phoneLink.findFirst({
        where: { hash: sha256, OR: [{ createdById: null }, { creator: mayEdit }] },
        omit: { hash: true },
      })
    },
    get,
    async end(linkId) {
      await prisma.phoneLink.updateMany({ where: { id: linkId, endedAt: null }, data: { endedAt: now() } })
      return get(linkId)
    },
    async take(linkId, sent, most) {
      const { count } = await prisma.phoneLink.updateMany({
        where: {
          id: linkId,
          endedAt: null,
          expiresAt: { gt: now() },
          images: { lte: most.images - sent.images },
          bytes: { lte: most.bytes - sent.bytes },
        },
        data: { images: { increment: sent.images }, bytes: { increment: sent.bytes } },
      })
      return count > 0
    },
  }
}
