/** The URLs at which each page is checked by axe, on a phone and a desktop, in both themes. A new page goes here. */

/** Without logging in, on an installation without data. */
export const PUBLIC_PAGES = [
  '/',
  '/classifiers/shapes',
  '/classifiers/shapes/predict',
  '/classifiers/mnist/predict',
  '/classifiers/shapes/predict/jobs',
  '/classifiers/shapes/versions',
  '/login',
  '/help',
  '/monitoring',
]

/** For the first administrator, while nothing has been uploaded or predicted. */
export const EMPTY_PAGES = [
  '/',
  '/classifiers/new',
  '/classifiers/new/import',
  '/classifiers/shapes/versions/import',
  '/classifiers/shapes/use',
  '/classifiers/shapes/settings',
  '/classifiers/shapes',
  '/classifiers/shapes/images',
  '/classifiers/shapes/images/add',
  '/classifiers/shapes/images/insights',
  '/classifiers/shapes/images/map',
  '/classifiers/shapes/train',
  '/classifiers/shapes/versions',
  '/classifiers/shapes/history',
  '/classifiers/shapes/traffic',
  '/trash',
  '/settings',
]

/** For an administrator, on an installation with data. */
export const FULL_PAGES = [
  '/',
  '/monitoring',
  '/settings',
  '/settings?view=keys',
  '/settings?view=settings',
  '/settings?view=networks',
  '/settings?view=changes',
  '/classifiers/shapes',
  '/classifiers/shapes/history',
  '/classifiers/shapes/images',
  '/classifiers/shapes/images/insights',
  '/classifiers/shapes/images/map',
  '/classifiers/shapes/versions/v1',
  '/classifiers/shapes/traffic',
]
