/** The versions of a classifier, the report of one, and the comparison of two. */
import { dialogOf } from './frame.ts'
import { open, type Tab } from './tab.ts'

export const modelsPage = (tab: Tab) => {
  const { page } = tab
  const dialog = dialogOf(page.getByRole('dialog'))
  const promoteButton = (version: string) => page.getByRole('button', { name: `Promote ${version}` }).first()
  const rollBackButton = page.getByRole('button', { name: 'Roll back' }).first()
  return {
    open: (classifier: string, version?: string) =>
      open(tab, `/classifiers/${classifier}/versions${version === undefined ? '' : `/${version}`}`),
    /** In the report of a version. */
    summary: page.getByRole('heading', { name: 'Summary' }),
    showProgress: () => page.getByRole('link', { name: 'Show progress' }).click(),

    promoteButton,
    /** A reason is entered where the dialog asks for one. */
    promote: async (version: string, reason = 'to see it answer'): Promise<void> => {
      await promoteButton(version).click()
      if (await dialog.reason.isVisible()) await dialog.reason.fill(reason)
      await dialog.confirm(new RegExp(version))
    },
    promoted: (version: string) =>
      page.getByText(new RegExp(`${version} is live|${version} was promoted`)).first(),

    rollBackButton,
    rollBack: async (): Promise<void> => {
      await rollBackButton.click()
      await dialog.confirm('Roll back')
    },
    liveAgain: (version: string) => page.getByText(`${version} is live again.`),

    compare: () => page.getByRole('button', { name: 'Compare', exact: true }).click(),
    difference: page.getByText(/Correct on \d+ images? that the old version got wrong/).first(),
  }
}
