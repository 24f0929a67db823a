/** The addresses of a classifier's pages: /classifiers/<id>/<section>. The sections themselves are in
 *  app/classifiers/sections.ts. */

import { DarkroomError } from './errors.ts'

/** Words of these addresses. */
const RESERVED_IDS: ReadonlySet<string> = new Set(['new', 'compare', 'add', 'insights'])
/** /classifiers/new creates a classifier. One that already has this id is at /classifiers/~new; an id has no `~`. */
const ID_OF_CREATION = 'new'
const ESCAPE = '~'

/** Throws where a new classifier may not have this id. Those that have one already are reachable. */
export function refuseReservedId(id: string): void {
  if (!RESERVED_IDS.has(id)) return
  throw new DarkroomError('invalid_input', {
    what: 'The classifier was not created',
    why: `"${id}" is reserved for the addresses of pages`,
    remedy: `Choose another id, such as "my-${id}".`,
  })
}

type PageQuery = Readonly<Record<string, string | undefined>>

/** `section` without a slash at its start, such as `versions/v3`; undefined and empty parameters are omitted. */
export function classifierPage(id: string, section = '', query: PageQuery = {}): string {
  const path = `/classifiers/${segmentOf(id)}${section === '' ? '' : `/${section}`}`
  const entries = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []))
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`
}

const segmentOf = (id: string): string => (id === ID_OF_CREATION ? ESCAPE + id : encodeURIComponent(id))

/** The id in the segment `[id]` of a page's address. */
export const idOfSegment = (segment: string): string =>
  segment === ESCAPE + ID_OF_CREATION ? ID_OF_CREATION : segment

/** The id and the section of an address; null outside a classifier's pages. */
export function classifierInPath(path: string): { readonly id: string; readonly section: string } | null {
  const [, root, segment, ...section] = path.split('/')
  if (root !== 'classifiers' || !segment || segment === ID_OF_CREATION) return null
  return { id: idOfSegment(segment), section: section.filter((part) => part !== '').join('/') }
}
