/** Setup, login and the account of the logged-in user. */
import { open, type Tab } from './tab.ts'

export type AccountDetails = { readonly name: string; readonly email: string; readonly password: string }

export const setupPage = ({ page }: Tab) => ({
  heading: page.getByRole('heading', { name: 'Create the administrator account' }),
  /** `address` is printed by the first start. */
  open: (address: string) => page.goto(address),
  createAccount: async ({ name, email, password }: AccountDetails): Promise<void> => {
    await page.getByLabel('Your name').fill(name)
    await page.getByLabel('Email').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Create account' }).click()
  },
})

export const loginPage = (tab: Tab) => {
  const { page } = tab
  return {
    open: (next?: string) => open(tab, '/login', { next }),
    logIn: async ({ email, password }: Omit<AccountDetails, 'name'>): Promise<void> => {
      await page.getByLabel('Email').fill(email)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Log in' }).click()
    },
    /** The button of the OpenID Connect issuer; `host` is the beginning of its name. */
    signInWith: (host = '') => page.getByRole('button', { name: `Sign in with ${host}` }).click(),
    failure: page.getByRole('alert').filter({ hasText: 'Not signed in' }),
  }
}

export const accountPage = ({ page }: Tab) => ({
  noPassword: page.getByText('has no password'),
  logOut: () => page.getByRole('button', { name: 'Log out', exact: true }).click(),
})
