/** Phone links with the images that they added, and what the page of a phone shows. */
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { PhoneLinkAnswer, PhoneSession } from '#lib/contracts/phone-links.ts'
import type { PhoneLink } from '#lib/data/administration/phone-links.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import { MOST_LINK_IMAGES } from '#lib/domain/phone-limits.ts'

const MOST_LISTED = 20
const LATEST = 12

type PhoneLinkQueries = {
  readonly listPhoneLinks: RouteAnswer<'GET /api/phone-links'>
  readonly phoneSession: (linkId: string) => Promise<PhoneSession>
}

export const phoneLinkQueries = (
  { prisma, now }: Store,
  { phoneLinks, classifiers, live }: Pick<Data, 'phoneLinks' | 'classifiers' | 'live'>,
): PhoneLinkQueries => ({
  async listPhoneLinks({ classifier }) {
    const { id: classifierId } = await classifiers.chosen(classifier)
    const links = await prisma.phoneLink.findMany({
      where: { classifierId },
      orderBy: { id: 'desc' },
      take: MOST_LISTED,
    })
    const latest = await prisma.sample.findMany({
      where: { upload: { phoneLinkId: { in: links.map((link) => link.id) } }, trashedAt: null },
      orderBy: { id: 'desc' },
      take: LATEST,
      select: { id: true, label: true, upload: { select: { phoneLinkId: true } } },
    })
    return {
      links: links.map((link) => ({
        ...answerOf(link, now()),
        latest: latest
          .filter(({ upload }) => upload?.phoneLinkId === link.id)
          .map(({ id, label }) => ({ id, label, image_url: `/api/samples/${id}/image` })),
      })),
    }
  },
  async phoneSession(linkId) {
    const link = await phoneLinks.get(linkId)
    const { title, classes } = await classifiers.get(link.classifierId)
    return {
      classifier: link.classifierId,
      title,
      classes: [...classes],
      label: link.label,
      may_predict: link.mayPredict && (await live.of(link.classifierId)) !== null,
      expires_at: link.expiresAt.toISOString(),
      images_left: MOST_LINK_IMAGES - link.images,
    }
  },
})

const answerOf = (link: PhoneLink, now: Date): Omit<PhoneLinkAnswer, 'latest'> => ({
  id: link.id,
  classifier: link.classifierId,
  label: link.label,
  may_predict: link.mayPredict,
  state: stateOf(link, now),
  created_by: link.createdBy,
  created_at: link.createdAt.toISOString(),
  expires_at: link.expiresAt.toISOString(),
  images: link.images,
})

function stateOf({ endedAt, expiresAt }: PhoneLink, now: Date): PhoneLinkAnswer['state'] {
  if (endedAt !== null) return 'ended'
  return expiresAt <= now ? 'expired' : 'active'
}
