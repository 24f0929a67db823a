/** The views of Settings: users, API keys, settings, changes, backups. */
import { open, type Tab } from './tab.ts'

export const usersPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: () => open(tab, '/settings'),
    adminsOnly: page.getByText('Only admins can open this page'),
    add: async ({ name, email, password }: { name: string; email: string; password: string }) => {
      await page.getByLabel('Name').fill(name)
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Initial password').fill(password)
      await page.getByRole('button', { name: 'Add user' }).click()
    },
    row: (email: string) => page.getByRole('row', { name: email }),
    disable: async (name: string): Promise<void> => {
      await page.getByRole('button', { name: `Edit ${name}` }).click()
      await page.getByLabel('Disabled').check()
      await page.getByRole('button', { name: 'Save' }).click()
    },
  }
}

export const keysPage = ({ page }: Tab) => {
  const row = (name: string) => page.getByRole('row', { name })
  return {
    /** From the users, by the link. */
    open: () => page.getByRole('link', { name: 'API keys' }).click(),
    createHeading: page.getByRole('heading', { name: 'Create API key' }),
    create: async (name: string, scope: string): Promise<void> => {
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('checkbox', { name: scope }).check()
      await page.getByRole('button', { name: 'Create key' }).click()
    },
    /** Shown once, until `done`. */
    shown: page.getByLabel('API key', { exact: true }),
    done: () => page.getByRole('button', { name: 'Done' }).click(),
    row,
    revoke: async (name: string): Promise<void> => {
      await row(name)
        .getByRole('button', { name: /Revoke/ })
        .click()
      await page.getByRole('button', { name: 'Revoke key' }).click()
    },
  }
}

export const settingsPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: () => open(tab, '/settings', { view: 'settings' }),
    setting: (name: string) => page.getByLabel(name, { exact: true }),
    saveButton: (name: string) => page.getByRole('button', { name: `Save ${name}` }),
    saved: (name: string) => page.getByText(new RegExp(`^${name} was set to`)),
  }
}

export const changesPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: () => open(tab, '/settings', { view: 'changes' }),
    table: page.getByRole('table'),
    /** The newest of this kind. */
    row: (action: string) => page.getByRole('row', { name: new RegExp(action) }).first(),
  }
}

export const backupsPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: () => open(tab, '/settings', { view: 'backups' }),
    none: page.getByText('There are no backups yet.'),
    create: () => page.getByRole('button', { name: 'Back up now' }).click(),
    verified: page.getByText(/The last backup was created .*verified/),
    row: (name: string) => page.getByRole('rowheader', { name }),
  }
}
