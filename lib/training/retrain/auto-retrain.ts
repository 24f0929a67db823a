/** Training while people label: what a classifier would do now, and doing it. The worker calls `turn` every few
 *  seconds; pages and the API read and change the choice of a classifier. The rule is lib/domain/auto-retrain.ts; the
 *  run itself, the comparison and the promotion are those of every training run. */
import type { AutoRetrainAnswer, changeAutoRetrain, getAutoRetrain } from '#lib/contracts/auto-retrain.ts'
import type { Input } from '#lib/contracts/contract.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { AutoRetrainRecord } from '#lib/data/classifiers/auto-retrain.ts'
import type { Data } from '#lib/data/data.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import {
  AUTOMATIC,
  changesText,
  decideAutoRetrain,
  type AutoRetrain,
  type AutoRetrainDecision,
  type RetrainAfter,
} from '#lib/domain/auto-retrain.ts'
import { isDarkroomError, STATUS_OF } from '#lib/domain/errors.ts'
import { autoRetrainText } from './auto-retrain-text.ts'
import type { planRetrain } from './retrain.ts'

/** Versions of automatic runs that never went live, beyond which the oldest goes to the trash. */
export const MOST_UNUSED = 3

type PlannedRun = Awaited<ReturnType<typeof planRetrain>>

export type AutoRetrainParts = {
  readonly data: Data
  /** AUTO_RETRAIN and AUTO_RETRAIN_AFTER as they are in force now. */
  readonly settings: () => Promise<Pick<Settings, 'AUTO_RETRAIN' | 'AUTO_RETRAIN_AFTER'>>
  /** What a run would do: of the last layer alone, or as one click does. */
  readonly plan: (classifierId: string, recipe: 'head' | 'auto') => Promise<PlannedRun>
  /** Why this machine should not train now, such as a disk that is nearly full; null: it may. */
  readonly hindrance: () => Promise<string | null>
  readonly now: () => Date
}

export type AutoRetrainCases = {
  readonly getAutoRetrain: (input: Input<typeof getAutoRetrain>) => Promise<AutoRetrainAnswer>
  readonly changeAutoRetrain: (input: Input<typeof changeAutoRetrain>) => Promise<AutoRetrainAnswer>
}

type Choice = {
  readonly policy: AutoRetrain
  readonly after: RetrainAfter
  readonly isOwnPolicy: boolean
  readonly isOwnAfter: boolean
}
type Outlook = {
  readonly choice: Choice
  readonly record: AutoRetrainRecord
  readonly decision: AutoRetrainDecision
  /** The run that would start; only where one is due. */
  readonly planned: PlannedRun | null
}

export function createAutoRetrain(parts: AutoRetrainParts): AutoRetrainCases {
  const { data } = parts
  const answer = async (id: string): Promise<AutoRetrainAnswer> =>
    answerOf(await data.classifiers.get(id), await outlookOf(id, await choiceFor(id, parts), parts))
  return {
    getAutoRetrain: ({ id }) => answer(id),
    async changeAutoRetrain({ id, policy, after }) {
      await data.classifiers.get(id)
      await data.autoRetrain.choose(id, {
        policy,
        after: typeof after === 'number' ? String(after) : after,
      })
      return answer(id)
    },
  }
}

/** One look at all classifiers: starts the run of the first for which one is due. Resolves to its id.
 *  @throws DarkroomError when rows cannot be read or written; a run that is refused is a state, not an error. */
export async function autoRetrainTurn(parts: AutoRetrainParts): Promise<string | null> {
  const { data } = parts
  for (const classifier of await data.classifiers.list()) {
    const choice = await choiceFor(classifier.id, parts)
    if (choice.policy !== 'on') continue
    const { planned, record } = await outlookOf(classifier.id, choice, parts)
    const started = planned && (await startedRun(classifier, { planned, record }, parts))
    if (started) return started
  }
  return null
}

/** Null where a person was faster. */
async function startedRun(
  classifier: Classifier,
  { planned, record }: { readonly planned: PlannedRun; readonly record: AutoRetrainRecord },
  { data }: AutoRetrainParts,
): Promise<string | null> {
  const why = changesText(record.sinceLive, record.live)
  await trashUnused(classifier.id, data)
  try {
    const run = await data.runs.plan({
      classifierId: classifier.id,
      recipe: planned.draft.recipe.name,
      epochs: planned.draft.recipe.settings.epochs,
      seed: await data.versions.nextNumber(classifier.id),
      baseVersionId: planned.base?.id ?? null,
      message: planned.message,
      unseen: planned.unseen,
      plan: planned.draft,
      entries: planned.entries,
      isAutomatic: true,
    })
    await data.changes.add({
      by: AUTOMATIC,
      action: 'POST /api/retrain',
      subject: classifier.title,
      subjectId: run.id,
      classifier: classifier.id,
      detail: why,
    })
    return run.id
  } catch (error) {
    if (isDarkroomError(error) && error.code === 'already_running') return null
    throw error
  }
}

/** So that labelling all day does not fill the disk with versions that the comparison turned down. */
async function trashUnused(classifierId: string, data: Data): Promise<void> {
  for (const id of await data.autoRetrain.unusedVersions(classifierId, MOST_UNUSED))
    await data.trash.putVersion(id, AUTOMATIC).catch((error: unknown) => {
      if (!isDarkroomError(error)) throw error // it serves in place of another one, or is gone
    })
}

async function choiceFor(classifierId: string, { data, settings }: AutoRetrainParts): Promise<Choice> {
  const own = await data.autoRetrain.choiceOf(classifierId)
  const { AUTO_RETRAIN: policy, AUTO_RETRAIN_AFTER: after } = await settings()
  return {
    policy: own.policy ?? policy,
    after: own.after === null ? after : afterOf(own.after),
    isOwnPolicy: own.policy !== null,
    isOwnAfter: own.after !== null,
  }
}

const afterOf = (stored: string): RetrainAfter => (stored === 'nightly' ? stored : Number(stored))

async function outlookOf(classifierId: string, choice: Choice, parts: AutoRetrainParts): Promise<Outlook> {
  const { data, now } = parts
  const record = await data.autoRetrain.recordOf(classifierId)
  const facts = {
    ...choice,
    ...record,
    isTraining: choice.policy === 'on' && (await data.runs.active()) !== null,
    now: now(),
  }
  const decision = decideAutoRetrain(facts)
  if (decision.kind !== 'due' && decision.kind !== 'suggest')
    return { choice, record, decision, planned: null }
  const planned = await runThatWouldStart(classifierId, decision.kind, parts)
  return typeof planned === 'string'
    ? { choice, record, decision: { kind: 'hindered', why: planned }, planned: null }
    : { choice, record, decision, planned }
}

/** The run, or why there can be none. */
async function runThatWouldStart(
  classifierId: string,
  kind: 'due' | 'suggest',
  { plan, hindrance }: AutoRetrainParts,
): Promise<PlannedRun | string> {
  // first, because the worker asks every few seconds, and a plan reads all samples and networks
  const obstacle = kind === 'due' ? await hindrance() : null
  if (obstacle !== null) return obstacle
  try {
    const planned = await plan(classifierId, kind === 'due' ? 'head' : 'auto')
    // with the earlier version as a teacher it takes minutes, and who labels should not pay for that unasked
    if (kind === 'due' && planned.draft.teaching.kind !== 'none')
      return (
        `most of the images that ${planned.base?.name ?? 'the live version'} was trained on are not on this ` +
        'machine, so training would take minutes. Start it yourself if you want to wait'
      )
    return planned
  } catch (error) {
    if (isDarkroomError(error) && STATUS_OF[error.code] === 422) return `${error.what}: ${error.why}`
    throw error
  }
}

function answerOf({ id }: Classifier, { choice, record, decision }: Outlook): AutoRetrainAnswer {
  const { sinceLive, live, lastSeconds } = record
  return {
    classifier: id,
    policy: choice.policy,
    after: choice.after,
    is_own_policy: choice.isOwnPolicy,
    is_own_after: choice.isOwnAfter,
    state: decision.kind,
    message: autoRetrainText(decision, record, choice.after),
    live_version: live,
    new_images: sinceLive.images,
    corrections: sinceLive.corrections,
    missing: decision.kind === 'waiting' ? decision.missing : null,
    paused_until: decision.kind === 'paused' ? decision.until.toISOString() : null,
    failures: record.failures.count,
    expected_seconds: lastSeconds,
  }
}
