import { expect, test } from 'vitest'
import { classifierInPath, classifierPage, idOfSegment, refuseReservedId } from './classifier-pages.ts'

test.each([
  [classifierPage('fruit'), '/classifiers/fruit'],
  [classifierPage('fruit', 'versions/v3'), '/classifiers/fruit/versions/v3'],
  [
    classifierPage('fruit', 'history', { class: 'a & b', cursor: undefined }),
    '/classifiers/fruit/history?class=a+%26+b',
  ],
  [classifierPage('fruit', 'predict', { result: '' }), '/classifiers/fruit/predict'],
])('%s', (address, expected) => expect(address).toBe(expected))

test('a classifier with the id "new" is reachable next to the page that creates classifiers', () => {
  const address = classifierPage('new', 'predict')

  expect(address).toBe('/classifiers/~new/predict')
  expect(classifierInPath(address)).toEqual({ id: 'new', section: 'predict' })
  expect(idOfSegment('~new')).toBe('new')
  expect(classifierInPath('/classifiers/new')).toBeNull()
})

test.each([
  ['/classifiers/fruit', { id: 'fruit', section: '' }],
  ['/classifiers/fruit/', { id: 'fruit', section: '' }],
  ['/classifiers/fruit/predict/jobs', { id: 'fruit', section: 'predict/jobs' }],
  ['/classifiers', null],
  ['/monitoring', null],
  ['/', null],
])('the classifier in %s', (path, expected) => expect(classifierInPath(path)).toEqual(expected))

test.each(['new', 'compare', 'add', 'insights'])('a new classifier may not have the id "%s"', (id) =>
  expect(() => refuseReservedId(id)).toThrow(
    `"${id}" is reserved for the addresses of pages. Choose another id, such as "my-${id}".`,
  ),
)

test.each(['newer', 'addition', 'fruit'])('a new classifier may have the id "%s"', (id) =>
  expect(() => refuseReservedId(id)).not.toThrow(),
)
