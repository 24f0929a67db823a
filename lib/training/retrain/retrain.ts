/** Starting, cancelling and resuming training runs, as the routes do. decide.ts decides what a retrain does; the
 *  run itself is a job. */
import { basename, dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Input } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { retrain } from '#lib/contracts/retrain.ts'
import type { TrainingData } from '../ports.ts'
import type { InputSpec } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { decideRetrain } from './decide.ts'
import { makeWayForPerson } from './make-way.ts'
import type { NetworkCandidate } from '#lib/contracts/training-plan.ts'
import { unseenBy } from '../versions/test-images.ts'

export type RetrainParts = {
  readonly data: TrainingData
  readonly defaultEpochs?: number | undefined
  /** Other networks that a classifier with such images may start with. */
  readonly candidates: (
    input: InputSpec,
    /** The one that a person chose. */ backbone: string | undefined,
  ) => Promise<readonly NetworkCandidate[]>
  readonly now: () => number
}

export type RetrainCases = {
  readonly retrain: RouteAnswer<'POST /api/retrain'>
  readonly cancelRun: RouteAnswer<'POST /api/runs/{id}/cancel'>
  readonly resumeRun: RouteAnswer<'POST /api/runs/{id}/resume'>
}

export function createRetrain(parts: RetrainParts): RetrainCases {
  const { data, now } = parts
  const answer = (id: string) => data.queries.getRun({ id })
  return {
    async retrain(input) {
      let planned = await planRetrain(input, parts)
      if (await makeWayForPerson(planned.classifier.id, { data, now, wait: setTimeout }))
        planned = await planRetrain(input, parts)
      const { classifier, draft, base, entries, message, unseen } = planned
      const run = await data.runs.plan({
        classifierId: classifier.id,
        recipe: draft.recipe.name,
        epochs: draft.recipe.settings.epochs,
        seed: input.seed ?? (await data.versions.nextNumber(classifier.id)),
        baseVersionId: base?.id ?? null,
        message,
        unseen,
        plan: draft,
        entries,
      })
      return { success: true, message, run: await answer(run.id) }
    },

    async cancelRun({ id }) {
      const run = await data.runs.get(id)
      if (run.state !== 'queued' && run.state !== 'running') {
        const why = run.state === 'judging' ? 'it is already trained and being evaluated' : 'it has ended'
        throw new DarkroomError('conflict', {
          what: 'This training run was not cancelled',
          why,
          remedy: 'No action is needed.',
        })
      }
      if (run.jobId) await data.jobs.requestCancel(run.jobId, now())
      if (run.state === 'queued' && (!run.jobId || (await data.jobs.get(run.jobId)).state === 'cancelled')) {
        await data.runs.change(id, { state: 'cancelled', message: 'Cancelled before it started.' })
      } else {
        await data.runs.change(id, { message: 'Stopping at the next step, with a checkpoint.' })
      }
      return answer(id)
    },

    async resumeRun({ id }) {
      await data.runs.resume(id)
      return answer(id)
    },
  }
}

/** What a click on "Retrain" would do now: it reads rows and writes nothing. */
export async function planRetrain(
  input: Input<typeof retrain>,
  { data, defaultEpochs, candidates }: Omit<RetrainParts, 'now'>,
) {
  const classifier = await data.classifiers.chosen(input.classifier)
  const champion = await data.live.of(classifier.id)
  const named = input.from === undefined ? null : await data.versions.find(classifier.id, input.from)
  if (input.from !== undefined && !named)
    throw new DarkroomError('not_found', {
      what: `There is no ${input.from} of "${classifier.id}"`,
      why: 'it never existed or was deleted',
      remedy: 'See /api/models for valid versions.',
    })
  const baseId = named?.id ?? champion?.version?.id
  const base = baseId === undefined ? null : await data.versions.get(baseId)
  const samples = await data.samples.all(classifier.id)
  const unseen = base ? await unseenBy(data, base) : new Set(samples.map((sample) => sample.hash))
  // corrected labels are something to learn, although no image is new
  const isCorrected =
    base !== null &&
    base.id === champion?.promoted.version.id &&
    (await data.samples.countUnseen(classifier.id)).all > 0
  const decided = decideRetrain({
    classifier,
    base,
    samples,
    unseen,
    candidates: candidatesNamed(await candidates(classifier.input, input.backbone), input.backbone),
    defaultEpochs,
    options: { ...input, force: input.force || isCorrected },
  })
  return {
    ...decided,
    classifier,
    hasChampion: champion !== null,
    unseen: base ? unseen.size : samples.length,
  }
}

/** @throws DarkroomError `not_found` where the network that a person chose is not installed, or not for such images. */
function candidatesNamed(
  candidates: readonly NetworkCandidate[],
  backbone: string | undefined,
): readonly NetworkCandidate[] {
  if (backbone === undefined) return candidates
  const named = candidates.filter(({ folder }) => basename(dirname(folder)) === backbone)
  if (named.length > 0) return named
  throw new DarkroomError('not_found', {
    what: 'This training run cannot start',
    why: `the pretrained network "${backbone}" is not installed, or is not for such images`,
    remedy: 'See Settings, Pretrained networks, for those that are installed.',
  })
}
