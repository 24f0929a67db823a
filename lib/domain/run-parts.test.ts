import { expect, test } from 'vitest'
import { partsLine, readPartsLine } from './run-parts.ts'

test('the line of the log lists the parts of a run in their order, and can be read again', () => {
  const line = partsLine({ features: 1.234, waiting: 0.5, sealing: 0 })

  expect(line).toBe('Seconds: waiting in the queue 0.50, computing features 1.23, saving 0.00')
  expect(readPartsLine(line)).toEqual({ waiting: 0.5, features: 1.23, sealing: 0 })
})

test('other lines of the log have no parts', () => {
  expect(readPartsLine('Decoding the images once.')).toBeNull()
})
