/** Which kinds of jobs the worker executes at the same time: one loop for each list, in whose kinds jobs wait for one
 *  another; which of these go first; and their handlers, loaded with the first job. */
import { JOB_KINDS, type JobKind } from '#lib/domain/jobs.ts'
import type { AllHandlers, Handler, Handlers } from '#lib/jobs/queue.ts'

const PREDICTING = ['predict', 'predict-anonymous'] as const
const LONG_KINDS: readonly JobKind[] = [
  'train',
  'backup',
  'features',
  'findings',
  'robustness',
  'import',
  ...PREDICTING,
]
/** A job of an anonymous sender continues after its last stored row. */
const BEFORE_ANONYMOUS = ['predict'] as const
/** There, training runs are executed by the same loop. */
const BEFORE_ANONYMOUS_WHERE_SMALL = ['predict', 'train'] as const

/**
 * A comparison of two versions must not wait for a training run or a backup. Where memory is small, a prediction job,
 * an import and a training run take turns.
 */
export const loopsOf = (isSmall: boolean): readonly (readonly JobKind[])[] => [
  ...(isSmall
    ? [['train' as const, 'import' as const, ...PREDICTING]]
    : [['train' as const], ['import' as const], PREDICTING]),
  ['backup'],
  ['features'],
  ['findings'],
  ['robustness'],
  JOB_KINDS.filter((kind) => !LONG_KINDS.includes(kind)),
]

type HandlersPort = {
  /** Called by the first job. */
  readonly load: () => Promise<{ readonly handlers: AllHandlers }>
  readonly isSmall: boolean
}

export const handlersOnFirstUse = (kinds: readonly JobKind[], port: HandlersPort): Handlers =>
  Object.fromEntries(kinds.map((kind) => [kind, handlerOnFirstUse(kind, port)]))

const handlerOnFirstUse = <K extends JobKind>(kind: K, { load, isSmall }: HandlersPort): Handler<K> => ({
  run: async (payload, job) => (await load()).handlers[kind].run(payload, job),
  gaveUp: async (payload, error) => (await load()).handlers[kind].gaveUp?.(payload, error),
  ...(kind === 'predict-anonymous' && {
    yieldsTo: isSmall ? BEFORE_ANONYMOUS_WHERE_SMALL : BEFORE_ANONYMOUS,
  }),
})
