import { beforeEach, expect, test } from 'vitest'
import { DarkroomError } from '#lib/domain/errors.ts'
import { fromRequest } from './incoming.ts'
import { MOVED_PAGES } from './moved-pages.ts'
import { openProgram } from './program.fakes.ts'

const listClasses = async () => ({ success: true as const, classifier: 'fruit', classes: [], count: 0 })

beforeEach(() => void openProgram({ queries: { listClasses } }))

async function answerTo(address: string, method: 'GET' | 'HEAD' = 'GET') {
  const url = new URL(address, 'http://darkroom.test')
  const handle = MOVED_PAGES[`${method} ${url.pathname}`]!
  const { status, headers } = await handle(fromRequest(new Request(url)))
  return `${status} ${headers['location']}`
}

test.each([
  ['/predict?classifier=leaves', '308 /classifiers/leaves/predict'],
  ['/predict?classifier=leaves&result=r1', '308 /classifiers/leaves/predict?result=r1'],
  ['/predict/jobs?classifier=leaves&job=j1', '308 /classifiers/leaves/predict/jobs?job=j1'],
  ['/upload?classifier=leaves', '308 /classifiers/leaves/images/add'],
  ['/upload_data?classifier=leaves', '308 /classifiers/leaves/images/add'],
  ['/visualize?classifier=leaves', '308 /classifiers/leaves/images/insights'],
  ['/visualize?classifier=leaves&view=data&class=oak', '308 /classifiers/leaves/images/insights?class=oak'],
  ['/visualize?classifier=leaves&view=model', '308 /classifiers/leaves/versions'],
  ['/visualize?classifier=leaves&view=traffic', '308 /classifiers/leaves/traffic'],
  ['/visualizations?classifier=leaves', '308 /classifiers/leaves/images/insights'],
  ['/retrain?classifier=leaves', '308 /classifiers/leaves/train'],
  ['/retrain?classifier=leaves&run=r1', '308 /classifiers/leaves/train/r1'],
  ['/models?classifier=leaves', '308 /classifiers/leaves/versions'],
  ['/models?classifier=leaves&version=id1', '308 /classifiers/leaves/versions/id1'],
  [
    '/models?classifier=leaves&challenger=id2&with=id1',
    '308 /classifiers/leaves/versions/compare?a=id2&b=id1',
  ],
  ['/models?classifier=leaves&challenger=id2', '308 /classifiers/leaves/versions/compare?a=id2'],
  ['/history?classifier=leaves&class=oak&min=50', '308 /classifiers/leaves/history?class=oak&min=50'],
])('the page of the classifier that it names: %s', async (address, expected) =>
  expect(await answerTo(address)).toBe(expected),
)

test.each([
  ['/predict', '307 /classifiers/fruit/predict'],
  ['/predict?classifier=', '307 /classifiers/fruit/predict'],
  ['/history?feedback=wrong', '307 /classifiers/fruit/history?feedback=wrong'],
  ['/visualize?view=traffic', '307 /classifiers/fruit/traffic'],
])('without a classifier, the page of the default one: %s', async (address, expected) =>
  expect(await answerTo(address)).toBe(expected),
)

test('parameters that the page does not read are left out', async () =>
  expect(await answerTo('/predict?classifier=leaves&view=model&next=/x')).toBe(
    '308 /classifiers/leaves/predict',
  ))

test('a view that never existed leads to the data', async () =>
  expect(await answerTo('/visualize?classifier=leaves&view=x')).toBe(
    '308 /classifiers/leaves/images/insights',
  ))

test('HEAD is redirected like GET', async () =>
  expect(await answerTo('/models?classifier=leaves', 'HEAD')).toBe('308 /classifiers/leaves/versions'))

test('a classifier with the id "new" is not the page that creates one', async () =>
  expect(await answerTo('/predict?classifier=new')).toBe('308 /classifiers/~new/predict'))

test.each(['//elsewhere.test', 'x%0d%0aset-cookie: a=1', '../../api/health'])(
  'the location stays one address of this site: %s',
  async (id) => {
    const location = await answerTo(`/retrain?classifier=${id}&run=${id}`)

    expect(location).toMatch(/^308 \/classifiers\/[^/\s]+\/train\/[^/\s]+$/)
  },
)

test('without a default classifier the first is shown', async () => {
  openProgram({ queries: { listClasses: refuse, classifierTitles: async () => [{ id: 'a', title: 'A' }] } })

  expect(await answerTo('/predict')).toBe('307 /classifiers/a/predict')
})

test('without any classifier the list of classifiers is shown', async () => {
  openProgram({ queries: { listClasses: refuse, classifierTitles: async () => [] } })

  expect(await answerTo('/upload')).toBe('307 /')
})

async function refuse(): Promise<never> {
  throw new DarkroomError('not_found', {
    what: 'There is no classifier',
    why: 'none was created',
    remedy: 'Create one.',
  })
}
