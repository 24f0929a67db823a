import { expect, test } from 'vitest'
import { fieldsOf } from './fields.ts'

test.each<[unknown, object]>([
  [{ name: 'a' }, { name: 'a' }],
  [null, {}],
  [undefined, {}],
  ['text', {}],
  [7, {}],
])('the fields of %j', (value, fields) => expect(fieldsOf(value)).toEqual(fields))
