import { expect, test } from 'vitest'
import type { Card } from '#lib/contracts/bundle.ts'
import { measureReliability, type ReliabilityInput } from './measure-reliability.ts'
import { cardOf } from '../../rows.fakes.ts'

/** Two classes; the first leads by two, one, or nothing. The hashes give a chance of one half. */
const input: ReliabilityInput = {
  logits: { values: Float32Array.of(2, 0, 2, 0, 1, 0, 0, 0), count: 4, classes: 2 },
  labels: Int32Array.of(0, 1, 0, 1),
  hashes: Array.from({ length: 4 }, () => `${'0'.repeat(16)}800000000000${'0'.repeat(36)}`),
  distances: [0.1, 0.1, 0.9, 0.1],
}
const calibrated: Partial<Card> = {
  calibration: { temperature: 1, ece_before: 0, ece_after: 0, images: 500 },
  decision: { target_error: 0.02, threshold: 0.8, share_answered: null, error_among_answered: null },
}

test('the measured reliability agrees with counting by hand', () => {
  const card = {
    ...cardOf('v1'),
    ...calibrated,
    candidates: { level: 0.95, mass: 0.6, images: 500, test: null, unsure: null },
    familiarity: {
      references: 9,
      neighbour: 5,
      is_centred: false,
      threshold: 0.5,
      images: 500,
      kept: null,
      foreign: null,
    },
  }

  // the third is unfamiliar; the first two are confident (0.88), one is incorrect; sets reach 0.6: scores 0.44
  // and 0.94, 0.37 and 0.87, 0.25 and 0.75
  expect(measureReliability(input, card)).toEqual({
    share_answered: 0.5,
    error_among_answered: 0.5,
    coverage: 0.5,
    mean_size: 1,
    share_unfamiliar: 0.25,
  })
})

test('a card without thresholds gives no figures', () => {
  expect(measureReliability(input, cardOf('v1'))).toEqual({
    share_answered: null,
    error_among_answered: null,
    coverage: null,
    mean_size: null,
    share_unfamiliar: null,
  })
})

test('a card without candidates and familiarity gives the figures it can', () => {
  expect(measureReliability(input, { ...cardOf('v1'), ...calibrated })).toEqual({
    share_answered: 0.5,
    error_among_answered: 0.5,
    coverage: null,
    mean_size: null,
    share_unfamiliar: null,
  })
})
