/** The pages of the product as its stories use them: where a page is, what is found on it and by which role
 *  and name, what a person does there. What should be true of it, the stories say. */
import type { Page } from '@playwright/test'
import { accountPage, loginPage, setupPage } from './pages/accounts.ts'
import { frame } from './pages/frame.ts'
import { historyPage } from './pages/history.ts'
import { monitoringPage, referencePage, visualizePage } from './pages/observing.ts'
import { predictPage } from './pages/predict.ts'
import { backupsPage, changesPage, keysPage, settingsPage, usersPage } from './pages/settings.ts'
import { retrainPage, uploadPage } from './pages/training.ts'
import { modelsPage } from './pages/versions.ts'

export type ProductPages = ReturnType<typeof pagesOf>

export function pagesOf(page: Page, { url }: { readonly url: string }) {
  const tab = { page, url }
  return {
    frame: frame(tab),
    setup: setupPage(tab),
    login: loginPage(tab),
    account: accountPage(tab),
    predict: predictPage(tab),
    upload: uploadPage(tab),
    retrain: retrainPage(tab),
    models: modelsPage(tab),
    history: historyPage(tab),
    users: usersPage(tab),
    keys: keysPage(tab),
    settings: settingsPage(tab),
    changes: changesPage(tab),
    backups: backupsPage(tab),
    monitoring: monitoringPage(tab),
    visualize: visualizePage(tab),
    reference: referencePage(tab),
  }
}
