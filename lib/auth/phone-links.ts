/** Phone links: 256 random bits that expire, shown once, stored as sha256, for one classifier and the routes of phones
 *  alone. lib/data stores the rows; lib/http decides what a caller with one may call. */
import { createHash, randomBytes } from 'node:crypto'
import type { Caller, CallerContext } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { PhoneLink } from '#lib/data/administration/phone-links.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

/** Distinguishes a link from an API key. */
const BEGINNING = 'dl_'
const TOKEN_BYTES = 32

export type PhoneLinkCases = {
  readonly createPhoneLink: RouteAnswer<'POST /api/phone-links', CallerContext>
  readonly endPhoneLink: RouteAnswer<'DELETE /api/phone-links/{id}', CallerContext>
}

type PhoneLinkParts = {
  readonly phoneLinks: Data['phoneLinks']
  readonly classifiers: Pick<Data['classifiers'], 'get'>
  readonly now: () => number
}

export function createPhoneLinks({ phoneLinks, classifiers, now }: PhoneLinkParts): PhoneLinkCases & {
  /** Throws `unauthenticated` for a link that is unknown, has expired or was ended. */
  readonly callerWithLink: (token: string) => Promise<Caller>
} {
  return {
    async createPhoneLink({ classifier, label, minutes, may_predict }, { caller }) {
      const { id: classifierId } = await classifiers.get(classifier)
      const token = BEGINNING + randomBytes(TOKEN_BYTES).toString('base64url')
      const link = await phoneLinks.create({
        sha256: sha256(token),
        classifierId,
        label: label ?? null,
        mayPredict: may_predict,
        createdById: caller.kind === 'person' ? caller.id : null,
        createdBy: caller.name ?? 'anybody',
        expiresAt: new Date(now() + minutes * 60_000),
      })
      return {
        id: link.id,
        classifier: classifierId,
        label: link.label,
        may_predict: link.mayPredict,
        state: 'active',
        created_by: link.createdBy,
        created_at: link.createdAt.toISOString(),
        expires_at: link.expiresAt.toISOString(),
        images: 0,
        latest: [],
        token,
      }
    },
    async endPhoneLink({ id }) {
      await phoneLinks.get(id)
      await phoneLinks.end(id)
      return { id, deleted: true }
    },
    async callerWithLink(token) {
      const link = await phoneLinks.findByHash(sha256(token))
      if (link === null) throw unusable('it does not exist, or its creator may no longer add images')
      if (link.endedAt !== null) throw unusable(`it was ended at ${link.endedAt.toISOString()}`)
      if (link.expiresAt.getTime() <= now())
        throw unusable(`it was valid until ${link.expiresAt.toISOString()}`)
      return callerOf(link)
    },
  }
}

export const isLinkToken = (text: string): boolean => text.startsWith(BEGINNING)

const callerOf = ({ id, classifierId, label, mayPredict, createdBy }: PhoneLink): Caller => ({
  kind: 'link',
  id,
  name: createdBy,
  scopes: ['phone'],
  classifier: classifierId,
  link: { label, mayPredict },
})

/** A token has 256 random bits: a slower hash would add no protection against guessing. */
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const unusable = (why: string): DarkroomError =>
  new DarkroomError('unauthenticated', {
    what: 'This phone link cannot be used',
    why,
    remedy: 'Select "Use a phone" on the page where images are added, and scan the new code.',
  })
