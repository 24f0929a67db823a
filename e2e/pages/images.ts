/** The images of a classifier: the grid, its filters, the enlarged image. */
import { dialogOf } from './frame.ts'
import { open, type Tab } from './tab.ts'

export const imagesPage = (tab: Tab) => {
  const { page } = tab
  const grid = page.getByRole('listbox', { name: 'Images' })
  const enlarged = page.getByRole('dialog', { name: 'Enlarged image' })
  return {
    open: (classifier: string, query?: Readonly<Record<string, string>>) =>
      open(tab, `/classifiers/${classifier}/images`, query),
    grid,
    image: (position: number) => grid.getByRole('option').nth(position),
    selected: grid.getByRole('option', { selected: true }),
    imagesLabelled: (label: string) => grid.getByRole('option', { name: new RegExp(`^${label},`) }),
    excluded: grid.getByRole('option', { name: /, excluded/ }),
    summary: page.getByRole('group', { name: 'Selected images' }).getByRole('status'),
    selectAll: () => page.getByRole('button', { name: /^Select all/ }).click(),
    setLabel: async (label: string): Promise<void> => {
      await page.getByLabel('New label').selectOption(label)
      await page.getByRole('button', { name: 'Set label' }).click()
    },
    moveToTrash: () =>
      page
        .getByRole('group', { name: 'Selected images' })
        .getByRole('button', { name: 'Move to trash' })
        .click(),
    undo: () => page.getByRole('button', { name: 'Undo', exact: true }).click(),
    changed: (text: string) => page.getByText(text),
    filterByClass: (label: string) => page.getByLabel('Class', { exact: true }).selectOption(label),
    /** Draws a rectangle with the mouse from the middle of one image to the middle of another. */
    drawRectangle: async (from: number, to: number): Promise<void> => {
      const box = async (position: number) => {
        const place = await grid.getByRole('option').nth(position).boundingBox()
        if (!place) throw new Error(`image ${position} is not in view`)
        return { x: place.x + place.width / 2, y: place.y + place.width / 2 }
      }
      const [start, end] = [await box(from), await box(to)]
      await page.mouse.move(start.x, start.y)
      await page.mouse.down()
      await page.mouse.move(end.x, end.y, { steps: 5 })
      await page.mouse.up()
    },
    enlarged,
    imageNamed: (file: string) => grid.getByRole('option', { name: new RegExp(`, ${file},`) }),
    enlargeButton: page.getByRole('button', { name: 'Enlarge', exact: true }),
    /** In the enlarged view. */
    labelButton: (label: string) =>
      enlarged.getByRole('group', { name: 'Set the label' }).getByRole('button', { name: label }),
    enlargedLabel: (label: string) => enlarged.getByRole('heading', { name: label, exact: true }),
    allLabelled: page.getByText('Every image has a label now.'),
    help: dialogOf(page.getByRole('dialog', { name: 'Keyboard' })),
  }
}
