import { expect, test } from 'vitest'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { openProgram } from '#lib/http/program.fakes.ts'
import { selectClassifier } from './select-classifier.ts'

const classifier = (id: string, isDefault = false) => ({ id, is_default: isDefault }) as ClassifierAnswer
const opened = (...classifiers: readonly ClassifierAnswer[]) =>
  openProgram({ queries: { listClassifiers: async () => ({ classifiers: [...classifiers] }) } })

test('the classifier in the URL is selected, not the first one', async () => {
  opened(classifier('fruit', true), classifier('shapes'))

  expect(await selectClassifier('shapes')).toMatchObject({ selected: { id: 'shapes' }, missing: null })
})

test('a classifier that does not exist is named as missing', async () => {
  opened(classifier('fruit', true))

  expect(await selectClassifier('mnist')).toMatchObject({ selected: null, missing: 'mnist' })
})

test('without one in the URL the default is selected, else the first', async () => {
  opened(classifier('fruit'), classifier('shapes', true))
  expect((await selectClassifier(undefined)).selected?.id).toBe('shapes')

  opened(classifier('fruit'), classifier('shapes'))
  expect((await selectClassifier(undefined)).selected?.id).toBe('fruit')
})
