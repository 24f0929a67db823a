import { expect, test } from 'vitest'
import { parseArea } from './sample-filters.ts'

test('a rectangle of the map is four numbers from 0 to 1', () => {
  expect(parseArea('0,0.25,0.5,1')).toEqual([0, 0.25, 0.5, 1])
})

test.each([
  '',
  '0,0,1',
  '0,0,1,1,1',
  '0,0,1,2',
  '-0.1,0,1,1',
  '0.5,0,0.4,1',
  '0,0.5,1,0.4',
  'a,b,c,d',
  '0,,1,1',
])('“%s” is none', (text) => expect(parseArea(text)).toBeNull())
