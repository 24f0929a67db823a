import { expect, test } from 'vitest'
import type { FromTraining } from '#lib/contracts/ipc.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { failureOf } from './failure.ts'
import { followProbe, followRun } from './follow.ts'
import type { TrainingChild } from '../ports.ts'

/** A child that sends these messages, structurally cloned as between processes, and exits. */
const childThatSends = (...messages: readonly FromTraining[]): TrainingChild => ({
  pid: 1,
  send: () => undefined,
  kill: () => undefined,
  listen({ message, exit }) {
    for (const one of messages) message(structuredClone(one))
    exit('code 0')
  },
})

const refusal = new DarkroomError('too_few_images', {
  what: 'Class "St. John’s wort: dried" cannot be trained',
  why: 'it has 3 images (of 10. ) and needs 7 more: every fold takes one',
  remedy: 'Upload 7 more. Or exclude the class.',
})

test('a refusal of a probe arrives with the summary, reason and action that were thrown', async () => {
  const following = followProbe({
    child: childThatSends(failureOf(refusal)),
    folder: 'f',
    images: 1,
    signal: new AbortController().signal,
  })

  const { code, what, why, remedy } = refusal
  await expect(following).rejects.toMatchObject({ code, what, why, remedy })
})

test('a failed run ends with the parts of its error', async () => {
  const end = await followRun({
    child: childThatSends(failureOf(refusal)),
    folder: 'f',
    resume: false,
    onReady: () => undefined,
    onMessage: () => undefined,
    signal: new AbortController().signal,
  })

  expect(end).toMatchObject({
    kind: 'failed',
    failure: { code: 'too_few_images', summary: refusal.what, reason: refusal.why, action: refusal.remedy },
  })
})

test('an unexpected error is sent as an internal error, with its stack for the log', () => {
  const error = new Error('weights.bin: unexpected end')

  expect(failureOf(error)).toMatchObject({
    kind: 'failed',
    failure: { code: 'internal', reason: 'weights.bin: unexpected end' },
    cause: error.stack,
  })
})
