import { expect, test } from 'vitest'
import { storedNumbers, storedEvent, storedNames, storedPoints } from './stored-json.ts'

test('the loss of a run that diverged, which JSON stores as null, is read as NaN', () => {
  const point = {
    epoch: 3,
    loss: Number.NaN,
    accuracy: null,
    val_loss: Number.POSITIVE_INFINITY,
    val_accuracy: 0.1,
    learning_rate: 0.01,
    images_per_second: 40,
    seconds: 2,
    is_best: false,
  }

  const [read] = storedPoints.parse(JSON.parse(JSON.stringify([point])))

  expect(read).toEqual({ ...point, val_loss: Number.NaN })
  expect(storedEvent.parse(JSON.parse(JSON.stringify({ kind: 'epoch', point })))).toEqual({
    kind: 'epoch',
    point: read,
  })
})

test('a column of another content is refused, not passed on', () => {
  expect(() => storedNames.parse(JSON.parse('{"0":"apple"}'))).toThrow('expected array')
  expect(() => storedNumbers.parse(JSON.parse('{"apple":"3"}'))).toThrow('expected numbers by name')
  expect(() => storedEvent.parse(JSON.parse('{"kind":"finished"}'))).toThrow('kind')
})

test('a class may be named after a member of every object', () => {
  const json = '{"__proto__":0.75,"constructor":0.25}'

  expect(JSON.stringify(storedNumbers.parse(JSON.parse(json)))).toBe(json)
})
