import { expect, test } from 'vitest'
import {
  APART_MS,
  BACK_OFF_MS,
  changesText,
  decideAutoRetrain,
  type AutoRetrainDecision,
  type AutoRetrainFacts,
} from './auto-retrain.ts'

const noon = new Date(2026, 10, 30, 12)
const night = new Date(2026, 10, 30, 3)
const labelled = { images: 20, corrections: 5 }
const none = { images: 0, corrections: 0 }
const minutesAgo = (minutes: number, now = noon): number => now.getTime() - 60_000 * minutes

const ready: AutoRetrainFacts = {
  policy: 'on',
  after: 10,
  sinceLive: labelled,
  sinceRun: labelled,
  lastAutomaticAt: null,
  failures: { count: 0, endedAt: 0 },
  isTraining: false,
  now: noon,
}

test.each<[string, Partial<AutoRetrainFacts>, AutoRetrainDecision]>([
  ['enough images start a run', {}, { kind: 'due' }],
  ['switched off, nothing happens', { policy: 'off' }, { kind: 'off' }],
  ['nothing labelled, nothing to do', { sinceLive: none, sinceRun: none }, { kind: 'up_to_date' }],
  ['a suggestion never becomes a run', { policy: 'suggest' }, { kind: 'suggest' }],
  [
    'a suggestion stays while another run is in progress, and after a failure',
    { policy: 'suggest', isTraining: true, failures: { count: 2, endedAt: minutesAgo(1) } },
    { kind: 'suggest' },
  ],
  ['a suggestion waits for enough images', { policy: 'suggest', after: 25 }, { kind: 'waiting', missing: 5 }],
  ['exactly enough are enough', { after: 20 }, { kind: 'due' }],
  ['one image too few', { after: 21 }, { kind: 'waiting', missing: 1 }],
  [
    'images that the latest run used do not start another, although it did not go live',
    { sinceRun: none },
    { kind: 'waiting', missing: 10 },
  ],
  [
    'of images since then, only those count',
    { sinceRun: { images: 4, corrections: 4 } },
    { kind: 'waiting', missing: 6 },
  ],
  ['never two at a time', { isTraining: true }, { kind: 'busy' }],
  [
    'not right after the last one',
    { lastAutomaticAt: noon.getTime() - APART_MS + 1 },
    { kind: 'waiting', missing: null },
  ],
  ['but after a while', { lastAutomaticAt: noon.getTime() - APART_MS }, { kind: 'due' }],
  [
    'after a failure it pauses',
    { failures: { count: 1, endedAt: minutesAgo(9) }, lastAutomaticAt: minutesAgo(10) },
    { kind: 'paused', until: new Date(minutesAgo(9) + BACK_OFF_MS), failures: 1 },
  ],
  ['and tries again', { failures: { count: 1, endedAt: minutesAgo(10) } }, { kind: 'due' }],
  [
    'after the third failure four times as long',
    { failures: { count: 3, endedAt: minutesAgo(39) } },
    { kind: 'paused', until: new Date(minutesAgo(39) + 4 * BACK_OFF_MS), failures: 3 },
  ],
  ['never longer than a day', { failures: { count: 40, endedAt: minutesAgo(24 * 60) } }, { kind: 'due' }],
  [
    'nightly does not start without an image that is newer than the latest run',
    { after: 'nightly', now: night, sinceRun: none },
    { kind: 'waiting', missing: 1 },
  ],
  ['nightly does not start by day', { after: 'nightly' }, { kind: 'waiting', missing: null }],
  [
    'nightly starts at night, with one image',
    { after: 'nightly', now: night, sinceRun: { images: 1, corrections: 0 } },
    { kind: 'due' },
  ],
  [
    'once a night',
    { after: 'nightly', now: night, lastAutomaticAt: minutesAgo(50, night) },
    { kind: 'waiting', missing: null },
  ],
  [
    'and in the next night again',
    { after: 'nightly', now: night, lastAutomaticAt: minutesAgo(24 * 60, night) },
    { kind: 'due' },
  ],
  [
    'nightly ends in the morning',
    { after: 'nightly', now: new Date(2026, 10, 30, 6) },
    { kind: 'waiting', missing: null },
  ],
  ['a suggestion needs no night', { policy: 'suggest', after: 'nightly' }, { kind: 'suggest' }],
])('%s', (_story, change, decision) => expect(decideAutoRetrain({ ...ready, ...change })).toEqual(decision))

test.each([
  [{ images: 12, corrections: 12 }, 'v4', '12 corrections since version 4'],
  [{ images: 1, corrections: 0 }, 'v4', '1 new image since version 4'],
  [{ images: 20, corrections: 12 }, 'v10', '8 new images and 12 corrections since version 10'],
  [{ images: 20, corrections: 0 }, null, '20 new images'],
])('%o is named as it is', (changes, live, text) => expect(changesText(changes, live)).toBe(text))
