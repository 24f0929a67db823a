/** Problems with the images of a classifier: kinds, images, remedies, undo. */
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { open, type Tab } from './tab.ts'

export const findingsPage = (tab: Tab) => {
  const { page } = tab
  const findings = page.getByRole('listitem')
  /** Of one image; it may be listed under several kinds. */
  const remedy = (file: string, name: string) =>
    findings
      .filter({ has: page.getByAltText(new RegExp(`, ${file}$`)) })
      .getByRole('button', { name, exact: true })
      .first()
  return {
    open: (classifier: string) => open(tab, classifierPage(classifier, 'images/findings')),
    /** Shown when no check is running. */
    checkAgain: page.getByRole('button', { name: 'Check again' }),
    /** The link to the findings of a kind, with their number. */
    kind: (name: string) => page.getByRole('link', { name }),
    dismissed: (count: number) => page.getByRole('link', { name: `Show dismissed problems (${count})` }),
    /** What was done last. */
    done: (text: string) => page.getByRole('status').filter({ hasText: text }),
    remedy,
    press: (file: string, name: string) => remedy(file, name).click(),
    undo: () => page.getByRole('button', { name: 'Undo', exact: true }).click(),
  }
}
