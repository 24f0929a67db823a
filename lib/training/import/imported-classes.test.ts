import { expect, test } from 'vitest'
import { classesOf, type ClassSources } from './imported-classes.ts'

const NEW: ClassSources = { file: 'a.h5', outputs: 2, stated: null, labels: null, own: null }

test.each<[string, Partial<ClassSources>, readonly string[]]>([
  ['as the person states', { stated: ['b', 'a'], labels: ['x', 'y'] }, ['b', 'a']],
  ['else as the file says', { labels: ['Cat', ' Dog '] }, ['Cat', 'Dog']],
  ['else those of the classifier', { own: ['rust', 'healthy'] }, ['rust', 'healthy']],
  [
    'the order of the outputs may differ from the classifier',
    { own: ['a', 'b'], labels: ['b', 'a'] },
    ['b', 'a'],
  ],
  ['a classifier without classes takes any', { own: [], stated: ['a', 'b'] }, ['a', 'b']],
])('the classes are %s', (_story, change, classes) => {
  expect(classesOf({ ...NEW, ...change })).toEqual(classes)
})

test.each<[string, Partial<ClassSources>, RegExp]>([
  ['unknown classes', {}, /it has 2 outputs, and its classes are unknown\. State them/],
  ['too few', { stated: ['a'] }, /it has 2 outputs, and you stated 1 classes/],
  [
    'a list next to it for another network',
    { labels: ['a', 'b', 'c'] },
    /its list of labels names 3 classes/,
  ],
  ['twice the same', { labels: ['a', 'a '] }, /two of its classes have the same name/],
  ['an empty name', { labels: ['a', ' '] }, /the name of its class 2 is not valid/],
  [
    'other classes than the classifier has',
    { own: ['rust', 'healthy'], labels: ['rust', 'ok'] },
    /the classifier does not have "ok", and the network does not have "healthy"/,
  ],
])('%s: refused with what is wrong', (_story, change, words) => {
  expect(() => classesOf({ ...NEW, ...change })).toThrow(words)
})
