/** The actions on versions: compare, promote, roll back, download, delete, describe, measure. Comparing
 *  and measuring are jobs of the worker, which these actions wait for; the gate's verdict is only read here. */
import type { Caller, Input, Output } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { ComparisonAnswer, compareModels, promoteModel } from '#lib/contracts/models.ts'
import type { TrainingData } from '../ports.ts'
import type { Champion, LiveVersion, Version } from '#lib/data/versions/version-values.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import { architectureOf } from './architecture.ts'
import { bundleZip } from './bundle-zip.ts'
import { isServingTarget, servingZip } from './serving-files.ts'
import type { EvaluationAnswer } from './evaluate.ts'
import { resultOf } from '../job/job-result.ts'
import { changesAnswer } from './prediction-changes.ts'
import { imagesOfVersion, versionResult } from './version-result.ts'
import { webPage } from './web-page.ts'

/** Web processes poll each second; a promotion waits this long for them. */
const ACKNOWLEDGE_MS = 5_000

type RequestContext = { readonly caller: Caller; readonly signal: AbortSignal }

export type VersionParts = {
  readonly data: TrainingData
  readonly now: () => number
  /** The engine that currently makes predictions. */
  readonly engine: () => EngineName | null
  /** The folder that has `lib` and `node_modules`. */
  readonly root: string
  /** Manifest, checksums and test inputs of a version, on the engine that serves. `bad_bundle` names the
   *  fault. */
  readonly verify: (versionId: string) => Promise<unknown>
}

export type VersionCases = {
  readonly compareModels: RouteAnswer<'GET /api/models/{id}/compare', RequestContext>
  readonly promoteModel: RouteAnswer<'POST /api/models/{id}/promote', RequestContext>
  readonly rollback: RouteAnswer<'POST /api/models/rollback', RequestContext>
  readonly downloadModel: RouteAnswer<'GET /api/models/{id}/download'>
  readonly deleteModel: RouteAnswer<'DELETE /api/models/{id}', RequestContext>
  readonly modelResult: RouteAnswer<'GET /api/models/{id}/result'>
  readonly evaluatedImages: RouteAnswer<'GET /api/models/{id}/images'>
  readonly modelChanges: RouteAnswer<'GET /api/models/{id}/changes', RequestContext>
  readonly modelInfo: RouteAnswer<'GET /api/model/info'>
  readonly evaluateModel: RouteAnswer<'POST /api/model/evaluate', RequestContext>
}

export function createVersionCases({ data, now, engine, verify, root }: VersionParts): VersionCases {
  /** The version that serves predictions: another one while the promoted version cannot be loaded. */
  const liveOf = async (classifierId: string): Promise<LiveVersion & { readonly version: Version }> => {
    const live = await data.live.of(classifierId)
    if (live === null) throw noChampion(classifierId)
    if (live.version === null) throw noneLoads(live)
    return { ...live, version: live.version }
  }

  /** A version that cannot be loaded is never promoted by a user's action, and the user gets the reason. */
  async function verified(versionId: string, what: string): Promise<void> {
    await verify(versionId).catch((error: unknown) => {
      if (!isDarkroomError(error) || error.code !== 'bad_bundle') throw error
      throw new DarkroomError(
        'bad_bundle',
        {
          what,
          why: error.why,
          remedy:
            'The live version stays. Restore the files of this one from a backup, or train a new version.',
        },
        { cause: error },
      )
    })
  }

  async function promoted(champion: Champion): Promise<Output<typeof promoteModel>> {
    const { promotion, version } = champion
    const { card: _card, ...answer } = await data.queries.getModel({ id: version.id })
    const previous = promotion.previousId ? await data.versions.get(promotion.previousId) : null
    return {
      classifier: version.classifierId,
      champion: answer,
      previous: previous?.name ?? null,
      acknowledged: await isFollowed(champion),
    }
  }

  /** True when every web process has loaded it without finding a fault. */
  async function isFollowed({ promotion, version }: Champion): Promise<boolean> {
    return (
      (await data.webProcesses.allAcknowledged(promotion.id, ACKNOWLEDGE_MS)) &&
      (await data.live.of(version.classifierId))?.version?.id === version.id
    )
  }

  /** The stored comparison where it has every part that is requested; otherwise the worker compares. */
  async function compared(
    input: Input<typeof compareModels>,
    { signal }: Pick<RequestContext, 'signal'>,
    isEnough: (comparison: ComparisonAnswer) => boolean,
  ): Promise<ComparisonAnswer> {
    const challenger = await data.versions.get(input.id)
    const championId = input.with ?? (await liveOf(challenger.classifierId)).version.id
    const champion = await data.versions.get(championId)
    if (champion.classifierId !== challenger.classifierId)
      throw invalid(
        'These versions cannot be compared',
        `${champion.name} belongs to "${champion.classifierId}" and ${challenger.name} to ` +
          `"${challenger.classifierId}"`,
        'Compare versions of the same classifier.',
      )
    if (champion.id === challenger.id)
      throw invalid(
        `${challenger.name} was not compared`,
        'it is the live version itself',
        'Set another version with "with".',
      )
    const stored = await data.versions.findComparison(champion.id, challenger.id)
    if (stored && isEnough(stored)) return stored
    await resultOf('compare', { championId: champion.id, challengerId: challenger.id }, { data, now, signal })
    const comparison = await data.versions.findComparison(champion.id, challenger.id)
    if (!comparison) throw new Error('The new comparison cannot be read back.')
    return comparison
  }

  return {
    compareModels: (input, context) => compared(input, context, () => true),
    modelChanges: async (input, context) =>
      changesAnswer(data, await compared(input, context, ({ changes }) => changes !== undefined)),

    async promoteModel({ id, reason }, { caller }) {
      const version = await data.versions.get(id)
      if (version.verdict?.kind === 'worse' && reason === undefined) {
        throw new DarkroomError('gate_refuses', {
          what: `${version.name} was not promoted`,
          why: version.verdict.sentence.replace(/\.$/, ''),
          remedy: 'Provide a "reason" to promote it anyway; the reason is recorded.',
        })
      }
      await verified(id, `${version.name} was not promoted`)
      return promoted(
        await data.promotions.promote({ versionId: id, by: nameOf(caller), reason: reason ?? null }),
      )
    },

    async rollback({ classifier }, { caller }) {
      const { id } = await data.classifiers.chosen(classifier)
      const target = await data.promotions.rollbackTarget(id)
      if (target) await verified(target.id, `Nothing was rolled back: ${target.name} cannot be loaded`)
      return promoted(await data.promotions.rollback(id, nameOf(caller)))
    },

    async downloadModel({ id, format }) {
      const version = await data.versions.get(id)
      if (isServingTarget(format)) return servingZip(version, format)
      if (format !== 'webpage') return bundleZip(version, format)
      const { title } = await data.classifiers.get(version.classifierId)
      return webPage(version, { title, root })
    },

    async deleteModel({ id }, { caller }) {
      await data.versions.get(id)
      const { id: trashId, until } = await data.trash.putVersion(id, nameOf(caller))
      return { id, deleted: true, trash_id: trashId, trashed_until: until.toISOString() }
    },

    modelResult: async ({ id }) => versionResult(data, await data.versions.get(id)),
    evaluatedImages: async (input) => imagesOfVersion(data, await data.versions.get(input.id), input),

    async modelInfo({ classifier }) {
      const { id } = await data.classifiers.chosen(classifier)
      const {
        promoted,
        version: { id: versionId },
        reason,
      } = await liveOf(id)
      const version = await data.versions.get(versionId)
      const { size, channels, fit } = version.preprocess
      return {
        classifier: id,
        version: version.name,
        promoted_version: promoted.version.name,
        fault: reason,
        engine: engine(),
        architecture: [...(await architectureOf(version.folder))],
        parameters: version.parameters,
        size_bytes: version.sizeBytes,
        input: { size, channels, fit },
        classes: [...version.classes],
        accuracy: version.accuracy,
        test_images: version.testImages,
        card: version.card,
      }
    },

    async evaluateModel({ classifier, version: name }, { signal }) {
      const { id } = await data.classifiers.chosen(classifier)
      const version = name === undefined ? (await liveOf(id)).version : await data.versions.find(id, name)
      if (!version)
        throw new DarkroomError('not_found', {
          what: `There is no ${name} of "${id}"`,
          why: 'it never existed or was deleted',
          remedy: 'See /api/models for valid versions.',
        })
      return (await resultOf(
        'evaluate',
        { versionId: version.id },
        { data, now, signal },
      )) as EvaluationAnswer // handlers.ts returns this type for this kind
    },
  }
}

const nameOf = (caller: Caller): string => caller.name ?? caller.kind

const invalid = (what: string, why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', { what, why, remedy })

const noChampion = (classifierId: string): DarkroomError =>
  new DarkroomError('not_found', {
    what: `"${classifierId}" has no live version`,
    why: 'it has not been trained yet',
    remedy: 'Upload images and train it.',
  })

const noneLoads = ({ promoted: { version }, reason }: LiveVersion): DarkroomError =>
  new DarkroomError('not_ready', {
    what: `"${version.classifierId}" has no version that can be loaded`,
    why: `${version.name} cannot be loaded (${reason}), and neither can any earlier live version`,
    remedy: 'Restore the files of a version from a backup, or train a new one.',
  })
