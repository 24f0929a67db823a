/**
 * Elements of every page: its heading, the navigation, the theme switch, notices, and the confirmation
 * dialog.
 */
import type { Locator } from '@playwright/test'
import { open, type Tab } from './tab.ts'

/** More controls than a page of a story has. */
const MOST_TABS = 80

export const frame = (tab: Tab) => {
  const { page } = tab
  return {
    open: (path: string, query?: Readonly<Record<string, string>>) => open(tab, path, query),
    heading: page.getByRole('heading', { level: 1 }),
    homeHeading: page.getByRole('heading', { name: 'Classifiers', level: 1, exact: true }),
    /** The headings of the classifiers on the first page, own ones first. */
    classifiers: page.getByRole('heading', { level: 3 }),
    note: page.getByRole('note').first(),
    loginLink: page.getByRole('link', { name: 'Log in', exact: true }),
    newClassifierLink: page.getByRole('link', { name: 'New classifier' }),
    settingsLink: page.getByRole('link', { name: 'Settings', exact: true }),
    /** The fold with the shipped classifiers. */
    examples: page.getByRole('heading', { name: 'Examples' }),
    breadcrumbs: page.getByRole('navigation', { name: 'Breadcrumbs' }).getByRole('listitem'),
    switcher: page.getByRole('button', { name: /^Classifier: / }),
    switcherSearch: page.getByRole('combobox', { name: 'Search classifiers' }),
    switcherOptions: page.getByRole('listbox', { name: 'Classifiers' }).getByRole('option'),
    accountLink: (name: string) => page.getByRole('link', { name: `Account of ${name}` }),
    navigationLink: (name: string) =>
      page.getByRole('navigation').getByRole('link', { name, exact: true }).first(),
    /** Shown on narrow screens only. */
    menu: page.getByRole('button', { name: 'Menu' }),
    themes: page.getByRole('group', { name: 'Theme' }),
    notFound: page.getByText('Page not found'),
    /** On the page; the bell may list them too, in its closed panel. */
    correctionsWaiting: (count: number) =>
      page
        .getByRole('main')
        .getByText(count === 1 ? '1 correction' : `${count} corrections`)
        .first(),
    retrainSuggested: (title: string) => page.getByRole('button', { name: `Retrain ${title}` }).click(),
    /** A text as the whole of an element. */
    text: (text: string) => page.getByText(text, { exact: true }).first(),
    focused: page.locator(':focus'),
    /** Presses Tab until this control has the focus. */
    tabTo: async (control: Locator): Promise<void> => {
      for (let i = 0; i < MOST_TABS; i++) {
        await page.keyboard.press('Tab')
        if (await control.evaluate((one) => one === document.activeElement)) return
      }
      throw new Error(`${MOST_TABS} times Tab did not lead to ${String(control)}`)
    },
    dialog: dialogOf(page.getByRole('dialog')),
    /** Every word on the page, labels for screen readers included. */
    words: async (): Promise<readonly string[]> => [
      await page.locator('body').innerText(),
      ...(await page
        .locator('[aria-label]')
        .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))),
    ],
    /** Elements that run a script when their image fails, which no page has. */
    injected: page.locator('img[onerror]'),
    frames: page.locator('iframe'),
  }
}

export const dialogOf = (dialog: Locator) => ({
  itself: dialog,
  reason: dialog.getByRole('textbox'),
  cancel: () => dialog.getByRole('button', { name: 'Cancel' }).click(),
  confirm: (name: string | RegExp) => dialog.getByRole('button', { name }).click(),
})
