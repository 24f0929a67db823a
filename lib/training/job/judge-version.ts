/** What happens to a version after it was saved: it is registered, verified on the serving engine, compared with
 *  the live version, and promoted if the result and AUTO_PROMOTE allow it. */
import { join } from 'node:path'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { Run } from '#lib/data/values.ts'
import type { Version, VersionWithCard } from '#lib/data/versions/version-values.ts'
import { AUTOMATIC } from '#lib/domain/auto-retrain.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { mayPromote, type Verdict } from '#lib/domain/evaluation/gate.ts'
import { partsLine } from '#lib/domain/run-parts.ts'
import { correctionsSentence } from './corrected-images.ts'
import type { PartTimes } from './part-times.ts'
import { parseDraft } from '../run/plan.ts'
import { compareVersions } from '../versions/compare.ts'
import { firstVerdict } from '../versions/first-verdict.ts'
import { comparableImages } from '../versions/comparable-images.ts'
import { storePredictions } from '../versions/sample-predictions.ts'
import { storedAnswersIn } from '../versions/stored-answers.ts'
import type { TrainingParts } from './ports.ts'
import { refitBy } from './refit-version.ts'
import { queueRobustness } from './queue-robustness.ts'

const KIND_OF: Readonly<Record<VerdictAnswer['kind'], Verdict['kind']>> = {
  first: 'first',
  better: 'better',
  not_worse: 'not-worse',
  equal: 'equal',
  worse: 'worse',
  cannot_tell: 'cannot-tell',
}

type RunToJudge = { readonly run: Run; readonly plan: RunPlan; readonly times: PartTimes }

export async function judgeVersion(
  { run, plan, times }: RunToJudge,
  parts: TrainingParts,
  signal: AbortSignal,
): Promise<unknown> {
  const { data, settings } = parts
  await data.runs.change(run.id, {
    state: 'judging',
    etaSeconds: null,
    message: 'Comparing it with the live version.',
  })
  const challenger = await registeredVersion(run, plan, parts)
  await data.runs.change(run.id, { versionId: challenger.id })
  await times.measure('verifying', () => verifyOn(parts, challenger)) // there may be no version to compare with
  const judged = await times.measure('comparing', () => verdictFor(challenger, run, parts, signal))
  const corrections = await correctionsSentence(challenger, run, parts, signal)
  const verdict = { ...judged, sentence: `${judged.sentence}${corrections}` }
  await data.versions.saveVerdict(challenger.id, verdict)
  const { autoPromote } = await data.classifiers.get(run.classifierId)
  const isPromoted = mayPromote(KIND_OF[verdict.kind], autoPromote ?? (await settings.autoPromote()))
  if (isPromoted) {
    const by = run.isAutomatic ? AUTOMATIC : 'promotion check'
    await data.promotions.promote({ versionId: challenger.id, by, reason: verdict.sentence })
    if (run.isAutomatic)
      await data.changes.add({
        by,
        action: 'POST /api/models/{id}/promote',
        subject: `${run.classifierId} ${challenger.name}`,
        subjectId: challenger.id,
        classifier: run.classifierId,
        detail: verdict.sentence,
      })
  }
  await data.runs.report(run.id, { kind: 'log', message: partsLine(times.seconds()) })
  await data.runs.change(run.id, {
    state: 'done',
    verdict,
    isPromoted,
    canResume: false,
    error: null,
    message: `${challenger.name}: ${verdict.sentence}${isPromoted ? ' It is live from now on.' : ''}`,
  })
  await data.folders.discard(join(settings.dataDir, 'runs', run.id))
  if (isPromoted || !run.isAutomatic) await queueRobustness(challenger, parts)
  return { state: 'done', version: challenger.name, verdict: verdict.kind, is_promoted: isPromoted }
}

/** The row of the saved version; when the comparison was interrupted, it exists already. */
async function registeredVersion(run: Run, plan: RunPlan, { data }: TrainingParts): Promise<VersionWithCard> {
  const existing = await data.versions.find(run.classifierId, plan.version)
  if (existing) return data.versions.get(existing.id)
  const number = Number(plan.version.slice(1))
  const version = await data.versions.register({ classifierId: run.classifierId, number, runId: run.id })
  await storePredictions(data, version)
  return version
}

/** Verifies checksums of all files and the stored test inputs on the engine that serves. */
async function verifyOn({ data, inference }: TrainingParts, { id, folder }: Version): Promise<void> {
  await data.versions.verify(id)
  await inference.verify({ key: id, folder })
}

/** The version that serves predictions, once it has been loaded successfully; null when none can be loaded. */
async function liveVersion(classifierId: string, parts: TrainingParts): Promise<Version | null> {
  for (;;) {
    const version = (await parts.data.live.of(classifierId))?.version ?? null
    if (version === null) return null
    try {
      await verifyOn(parts, version)
      return version
    } catch (error) {
      if (!isDarkroomError(error) || error.code !== 'bad_bundle') throw error
      await parts.data.live.reportFault(version.id, error.why)
    }
  }
}

async function verdictFor(
  challenger: VersionWithCard,
  run: Run,
  parts: TrainingParts,
  signal: AbortSignal,
): Promise<VerdictAnswer> {
  const { data, inference, settings, now } = parts
  const live = await liveVersion(run.classifierId, parts)
  if (live === null || live.id === challenger.id) return firstVerdict(challenger)
  const champion = await data.versions.get(live.id)
  const comparison = await compareVersions(
    {
      champion,
      challenger,
      ...(await comparableImages(
        data,
        { champion, challenger },
        { stored: storedAnswersIn(settings.dataDir), refit: refitBy(parts, signal) },
      )),
      unseen: new Set(parseDraft(run.plan).unseen),
      now: now(),
    },
    { bytesOf: data.images.bytesOf, inference, maxPixels: settings.maxPixels, signal },
  )
  await data.versions.saveComparison(live.id, challenger.id, comparison)
  return comparison.verdict
}
