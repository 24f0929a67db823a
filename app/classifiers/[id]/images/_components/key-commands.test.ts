import { expect, test } from 'vitest'
import { commandOf, moved } from './key-commands.ts'

const press = (key: string, more: Partial<Parameters<typeof commandOf>[0]> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, ...more })

test('keys do what the help says', () => {
  expect(press('3')).toEqual({ kind: 'label', classIndex: 2 })
  expect(press('x')).toEqual({ kind: 'exclude' })
  expect(press('u')).toEqual({ kind: 'undo' })
  expect(press('?')).toEqual({ kind: 'help' })
  expect(press('z', { ctrlKey: true })).toEqual({ kind: 'undo' })
  expect(press('a', { metaKey: true })).toEqual({ kind: 'select-all' })
})

test('keys of the browser and of forms stay theirs', () => {
  for (const pressed of [
    press('Tab'),
    press('0'),
    press('r', { ctrlKey: true }),
    press('x', { altKey: true }),
  ])
    expect(pressed).toBeNull()
  expect(press('constructor')).toBeNull()
})

test('a key that is held down moves on, but does not change one image after the other', () => {
  expect(press('ArrowRight', { repeat: true })).toEqual({ kind: 'move', by: 1 })
  for (const key of ['2', 'x', 't', 'Delete', 'r']) expect(press(key, { repeat: true }), key).toBeNull()
})

test('moves stay within the list', () => {
  const grid = { columns: 4, rowsInView: 3, count: 10 }

  expect(moved(5, 'row-up', grid)).toBe(1)
  expect(moved(1, 'row-up', grid)).toBe(0)
  expect(moved(5, 'page-down', grid)).toBe(9)
  expect(moved(5, 'start', grid)).toBe(0)
  expect(moved(0, 'end', grid)).toBe(9)
  expect(moved(9, 1, grid)).toBe(9)
})
