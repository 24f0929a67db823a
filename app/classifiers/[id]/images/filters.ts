/** The filters of the image list in a page's URL, and as the API takes them. */
import type { CallInput } from '#lib/contracts/client.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { FINDING_KINDS } from '#lib/domain/findings/finding.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import type { Query } from '../../../current-user.ts'

type ListInput = CallInput<Routes['GET /api/samples']>
export type ImageFilters = Pick<
  ListInput,
  | 'sample'
  | 'label'
  | 'split'
  | 'state'
  | 'source'
  | 'upload'
  | 'filename'
  | 'predicted'
  | 'differs'
  | 'certainty_below'
  | 'finding'
  | 'area'
>
export type ImageSort = NonNullable<ListInput['sort']>

export type ImageList = { readonly filters: ImageFilters; readonly sort: ImageSort }

/** Read at once, by the page and by the grid, which takes the first ones from the page. */
export const IMAGES_AT_ONCE = 100

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const SPLITS = ['train', 'validation', 'test'] as const
const STATES = ['active', 'excluded', 'unlabelled', 'trashed'] as const
const SOURCES = ['dataset', 'upload', 'feedback'] as const
const SORTS = ['newest', 'oldest', 'name', 'least_certain'] as const

/** Names in the URL: short, because people share it. */
export const QUERY_NAMES = [
  'image',
  'q',
  'class',
  'set',
  'state',
  'source',
  'upload',
  'predicted',
  'certainty',
  'differs',
  'finding',
  'area',
  'sort',
] as const
export type QueryName = (typeof QUERY_NAMES)[number]

/** What is not valid is left out: an old link then shows more images instead of an error. */
export function imageListOf(query: Query): ImageList {
  const filters: ImageFilters = {
    ...(query.image && UUID.test(query.image) && { sample: query.image }),
    ...(query.q && { filename: query.q }),
    ...(query.class && { label: query.class }),
    ...given('split', oneOf(SPLITS, query.set)),
    ...given('state', oneOf(STATES, query.state)),
    ...given('source', oneOf(SOURCES, query.source)),
    ...(query.upload && { upload: query.upload }),
    ...(query.predicted && { predicted: query.predicted }),
    ...given('certainty_below', percentOf(query.certainty)),
    ...(query.differs === 'yes' && { differs: true }),
    ...given('finding', oneOf(FINDING_KINDS, query.finding)),
    ...(query.area && isArea(query.area) && { area: query.area }),
  }
  return { filters, sort: oneOf(SORTS, query.sort) ?? 'newest' }
}

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [N in Name]?: Value })
}

const oneOf = <T extends string>(values: readonly T[], value: string | undefined): T | undefined =>
  values.find((one) => one === value)

/** Left, top, right and bottom of a rectangle of the map, from 0 to 1. A contract would bring zod to the page. */
const isArea = (area: string): boolean => {
  const numbers = area.split(',').map(Number)
  return (
    numbers.length === 4 &&
    numbers.every((one) => one >= 0 && one <= 1) &&
    numbers[0]! <= numbers[2]! &&
    numbers[1]! <= numbers[3]!
  )
}

/** `certainty=70`: less than 70 %. */
function percentOf(value: string | undefined): number | undefined {
  const percent = Number(value)
  return value && percent > 0 && percent <= 100 ? percent / 100 : undefined
}

/** The address of the page with this image enlarged, where its label can be corrected. */
export const imageAddress = (classifier: string, sample: string): string =>
  imagesAddress(classifier, { image: sample })

export const filterCount = ({ filters }: ImageList): number => Object.keys(filters).length

/** The address of the page with some filters changed; an empty value removes one. */
export function imagesAddress(
  classifier: string,
  query: Query,
  change: Partial<Readonly<Record<QueryName, string>>> = {},
): string {
  const merged: Query = { ...query, ...change }
  return classifierPage(
    classifier,
    'images',
    Object.fromEntries(QUERY_NAMES.flatMap((name) => (merged[name] ? [[name, merged[name]]] : []))),
  )
}
