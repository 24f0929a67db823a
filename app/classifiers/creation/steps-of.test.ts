import { expect, test } from 'vitest'
import { stepsOf } from './steps-of.ts'

const states = (progress: Parameters<typeof stepsOf>[0]) => stepsOf(progress).map(({ state }) => state)
const leaves = { title: 'Leaves', hasRun: false }
const classes = (...images: number[]) => images.map((count, i) => ({ class: `class ${i}`, images: count }))

test.each<[string, Parameters<typeof stepsOf>[0], string[]]>([
  ['nothing yet', null, ['current', 'later', 'later', 'later']],
  ['a name', { ...leaves, classes: [] }, ['done', 'current', 'later', 'later']],
  ['classes without images', { ...leaves, classes: classes(0, 0) }, ['done', 'current', 'later', 'later']],
  ['images of one class', { ...leaves, classes: classes(9, 0) }, ['done', 'done', 'current', 'later']],
  ['images of two classes', { ...leaves, classes: classes(9, 1) }, ['done', 'done', 'done', 'current']],
  ['a training run', { ...leaves, hasRun: true, classes: classes(9, 1) }, ['done', 'done', 'done', 'done']],
])('with %s, the next step is marked', (_story, progress, expected) => {
  expect(states(progress)).toEqual(expected)
})

test('steps that are done say what there is', () => {
  expect(stepsOf({ ...leaves, classes: classes(1_200, 34) }).map(({ detail }) => detail)).toEqual([
    'Leaves',
    '1,234',
    '2 classes',
    '',
  ])
})
