/** What may be asked of versions: compare, promote, roll back, download, delete, describe, measure. Comparing and measuring are jobs of
 *  the worker, which are waited for here; the gate's word is only read. */
import type { Caller, Input, Output } from '#lib/contracts/contract.ts'
import type { compareModels, deleteModel, downloadModel, evaluateModel, modelInfo, promoteModel, rollback } from '#lib/contracts/models.ts'
import type { Data } from '#lib/data/data.ts'
import type { Champion } from '#lib/data/values.ts'
import type { EngineName } from '#lib/domain/classifier.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { architectureOf } from './architecture.ts'
import { bundleZip } from './bundle-zip.ts'
import type { EvaluationAnswer } from './evaluate-version.ts'
import { resultOf } from './job-result.ts'

/** Web processes look each second; this long a promotion waits for them. */
const ACKNOWLEDGE_MS = 5_000

type AskedBy = { readonly caller: Caller; readonly signal: AbortSignal }

export type VersionParts = { readonly data: Data; readonly now: () => number; /** Who answers predictions now. */ readonly engine: () => EngineName | null }

export type VersionCases = {
  readonly compareModels: (input: Input<typeof compareModels>, asked: AskedBy) => Promise<Output<typeof compareModels>>
  readonly promoteModel: (input: Input<typeof promoteModel>, asked: AskedBy) => Promise<Output<typeof promoteModel>>
  readonly rollback: (input: Input<typeof rollback>, asked: AskedBy) => Promise<Output<typeof rollback>>
  readonly downloadModel: (input: Input<typeof downloadModel>) => Promise<Output<typeof downloadModel>>
  readonly deleteModel: (input: Input<typeof deleteModel>) => Promise<Output<typeof deleteModel>>
  readonly modelInfo: (input: Input<typeof modelInfo>) => Promise<Output<typeof modelInfo>>
  readonly evaluateModel: (input: Input<typeof evaluateModel>, asked: AskedBy) => Promise<Output<typeof evaluateModel>>
}

export function createVersionCases({ data, now, engine }: VersionParts): VersionCases {
  const championOf = async (classifierId: string): Promise<Champion> => {
    const champion = await data.promotions.champion(classifierId)
    if (!champion) throw noChampion(classifierId)
    return champion
  }

  async function promoted(champion: Champion): Promise<Output<typeof promoteModel>> {
    const { promotion, version } = champion
    const { card: _card, ...answer } = await data.answers.getModel({ id: version.id })
    const previous = promotion.previousId ? await data.versions.get(promotion.previousId) : null
    return { classifier: version.classifierId, champion: answer, previous: previous?.name ?? null, acknowledged: await data.webProcesses.allAcknowledged(promotion.id, ACKNOWLEDGE_MS) }
  }

  return {
    async compareModels(input, { signal }) {
      const challenger = await data.versions.get(input.id)
      const championId = input.with ?? (await championOf(challenger.classifierId)).version.id
      const champion = await data.versions.get(championId)
      if (champion.classifierId !== challenger.classifierId) throw invalid('These two cannot be compared', `${champion.name} is of "${champion.classifierId}" and ${challenger.name} of "${challenger.classifierId}"`, 'Compare versions of one classifier.')
      if (champion.id === challenger.id) throw invalid(`${challenger.name} was not compared`, 'it is the champion itself', 'Name another one with "with".')
      const known = await data.versions.findComparison(champion.id, challenger.id)
      if (known) return known
      await resultOf('compare', { championId: champion.id, challengerId: challenger.id }, { data, now, signal })
      const comparison = await data.versions.findComparison(champion.id, challenger.id)
      if (!comparison) throw new Error('The comparison that was just made is not there.')
      return comparison
    },

    async promoteModel({ id, reason }, { caller }) {
      const version = await data.versions.get(id)
      if (version.verdict?.kind === 'worse' && reason === undefined) {
        throw new DarkroomError('gate_refuses', { what: `${version.name} was not promoted`, why: version.verdict.sentence.replace(/\.$/, ''), remedy: 'Say in "reason" why it should answer all the same; the reason is recorded.' })
      }
      return promoted(await data.promotions.promote({ versionId: id, by: nameOf(caller), reason: reason ?? null }))
    },

    async rollback({ classifier }, { caller }) {
      const { id } = await data.classifiers.chosen(classifier)
      return promoted(await data.promotions.rollback(id, nameOf(caller)))
    },

    async downloadModel({ id, format }) {
      return bundleZip(await data.versions.get(id), format)
    },

    async deleteModel({ id }) {
      await data.versions.remove(id)
      return { id, deleted: true }
    },

    async modelInfo({ classifier }) {
      const { id } = await data.classifiers.chosen(classifier)
      const version = await data.versions.get((await championOf(id)).version.id)
      const { size, channels, fit } = version.preprocess
      return {
        classifier: id,
        version: version.name,
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
      const version = name === undefined ? (await championOf(id)).version : await data.versions.find(id, name)
      if (!version) throw new DarkroomError('not_found', { what: `There is no ${name} of "${id}"`, why: 'it never existed or was deleted', remedy: 'Look at the list of versions.' })
      return (await resultOf('evaluate', { versionId: version.id }, { data, now, signal })) as EvaluationAnswer // what handlers.ts answers for this kind
    },
  }
}

const nameOf = (caller: Caller): string => caller.name ?? caller.kind

const invalid = (what: string, why: string, remedy: string): DarkroomError => new DarkroomError('invalid_input', { what, why, remedy })

const noChampion = (classifierId: string): DarkroomError =>
  new DarkroomError('not_found', { what: `"${classifierId}" has no version that answers`, why: 'it was never trained', remedy: 'Upload pictures and train it.' })
