/**
 * The pages of the product as the tests use them: the URL of a page, its elements by role and name, and the
 * actions of a user. What should be true of a page is in the tests.
 */
import type { Page } from '@playwright/test'
import { browserPrediction } from './pages/browser-prediction.ts'
import { accountPage, loginPage, setupPage } from './pages/accounts.ts'
import { findingsPage } from './pages/findings.ts'
import { frame } from './pages/frame.ts'
import { historyPage } from './pages/history.ts'
import { imagesPage } from './pages/images.ts'
import { importsPage } from './pages/imports.ts'
import { classifierSettingsPage, newClassifierPage, usePage } from './pages/own-classifier.ts'
import { monitoringPage, referencePage, chartsPage } from './pages/observing.ts'
import { networksPage } from './pages/networks.ts'
import { jobsPage } from './pages/jobs.ts'
import { phonePage, phonePanel } from './pages/phone.ts'
import { predictPage } from './pages/predict.ts'
import { backupsPage, changesPage, keysPage, settingsPage, usersPage } from './pages/settings.ts'
import { retrainPage, uploadPage } from './pages/training.ts'
import { versionResult } from './pages/version-result.ts'
import { recording } from './pages/recording.ts'
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
    browserPrediction: browserPrediction(tab),
    recording: recording(tab),
    phonePanel: phonePanel(tab),
    phone: phonePage(tab),
    jobs: jobsPage(tab),
    upload: uploadPage(tab),
    newClassifier: newClassifierPage(tab),
    classifierSettings: classifierSettingsPage(tab),
    use: usePage(tab),
    findings: findingsPage(tab),
    retrain: retrainPage(tab),
    models: modelsPage(tab),
    result: versionResult(tab),
    history: historyPage(tab),
    images: imagesPage(tab),
    imports: importsPage(tab),
    users: usersPage(tab),
    keys: keysPage(tab),
    networks: networksPage(tab),
    settings: settingsPage(tab),
    changes: changesPage(tab),
    backups: backupsPage(tab),
    monitoring: monitoringPage(tab),
    charts: chartsPage(tab),
    reference: referencePage(tab),
  }
}
