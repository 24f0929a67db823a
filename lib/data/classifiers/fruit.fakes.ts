/** A classifier with three classes and four images, for tests that change its classes. */
import type { OpenData } from '#lib/queries/open-data.ts'
import { editsOf, openWithFruit, sampleOf } from '../opened.fakes.ts'

export const listed = async (data: OpenData) => (await data.queries.manageClasses({ id: 'fruit' })).classes
/** The number of images of each class, by its name. */
export const counts = async (data: OpenData) =>
  Object.fromEntries((await listed(data)).map(({ class: name, images }) => [name, images]))

export async function fruitWithImages() {
  const opened = await openWithFruit()
  const added = await opened.data.samples.add('fruit', [
    sampleOf('a'),
    sampleOf('b'),
    sampleOf('c', { label: 'lime' }),
    sampleOf('d', { label: 'plum' }),
  ])
  return { ...opened, ids: added.map(({ sampleId }) => sampleId), edits: editsOf(opened.data) }
}
