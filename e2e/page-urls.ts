/** The URLs at which each page is checked by axe, on a phone and a desktop, in both themes. A new page goes here. */

/** Without logging in, on an installation without data. */
export const PUBLIC_PAGES = [
  '/',
  '/predict?classifier=shapes',
  '/predict?classifier=mnist',
  '/predict/jobs?classifier=shapes',
  '/login',
  '/monitoring',
]

/** For the first administrator, while nothing has been uploaded or predicted. */
export const EMPTY_PAGES = [
  '/',
  '/upload?classifier=shapes',
  '/classifiers/new',
  '/classifiers/shapes/use',
  '/classifiers/shapes/settings',
  '/retrain?classifier=shapes',
  '/models?classifier=shapes',
  '/history',
  '/trash',
  '/visualize?classifier=shapes',
  '/visualize?classifier=shapes&view=model',
  '/visualize?classifier=shapes&view=traffic',
  '/settings',
]

/** For an administrator, on an installation with data. */
export const FULL_PAGES = [
  '/',
  '/monitoring',
  '/settings',
  '/settings?view=keys',
  '/settings?view=settings',
  '/settings?view=changes',
  '/history',
  '/visualize?classifier=shapes&view=data',
  '/visualize?classifier=shapes&view=model',
  '/visualize?classifier=shapes&view=traffic',
]
