/** `npm run bench -- few-images --reshuffles N --gate`: pairs of versions on real features, each judged by the gate and
 *  by images that neither was trained on. */
import path from 'node:path'
import { compare, judge, mayPromote, type PairedAnswer, type Verdict } from '#lib/domain/evaluation/gate.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { answerOf } from '#lib/ml/evaluate/evaluate.ts'
import { createRandom } from '#lib/ml/random.ts'
import type { CrossValidationResult } from '#lib/training/run/learn/material.ts'
import type { TrainingEngine } from '#lib/training/run/ports.ts'
import { backboneForDraws, cachedSet, someFeatures, type CachedSet } from './cached-set.ts'
import { answersBy, drawOf, trainedOn, type ReshuffleOptions } from './reshuffles.ts'

/** Images of each class of the first version. */
const FEW = 25
const SCARCE = 5
const MANY = 100
const WRONG_LABELS = 0.3
/** A promoted version that is worse by more than this was promoted wrongly. */
const WORSE_BY = 0.02

type Version = {
  readonly places: readonly number[]
  /** Of these images, as a person gave them. */
  readonly labels: Int32Array
}
type Pair = {
  readonly champion: Version
  readonly challenger: Version
  /** Images of other classes do not count. */
  readonly isShared: (label: number) => boolean
}
type JudgedPair = { readonly verdict: Verdict['kind']; readonly gain: number }

const always = (): boolean => true

/** `draw(n)`: images of n of each class; larger draws contain smaller ones. */
type Scenario = (set: CachedSet, draw: (perClass: number) => readonly number[], random: () => number) => Pair

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'twice as many images': (set, draw) => pairOf(labelled(set, draw(FEW)), labelled(set, draw(2 * FEW))),
  'the same images': (set, draw) => pairOf(labelled(set, draw(FEW)), labelled(set, draw(FEW))),
  '30 % wrong labels among all': (set, draw, random) =>
    pairOf(
      labelled(set, draw(FEW)),
      flipped(set, labelled(set, draw(2 * FEW)), { random, isFlipped: always }),
    ),
  '30 % wrong labels among new images': (set, draw, random) => {
    const champion = labelled(set, draw(FEW))
    const old = new Set(champion.places)
    const isFlipped = (place: number): boolean => !old.has(place)
    return pairOf(champion, flipped(set, labelled(set, draw(2 * FEW)), { random, isFlipped }))
  },
  'a new class': (set, draw) => {
    const added = set.classes.length - 1
    const all = draw(FEW)
    const before = all.filter((i) => set.images.labels[i] !== added)
    return { ...pairOf(labelled(set, before), labelled(set, all)), isShared: (label) => label !== added }
  },
  'one class 20 times as large': (set, draw) => {
    const few = draw(SCARCE)
    const more = draw(MANY).filter((i) => set.images.labels[i] === 0 && !few.includes(i))
    return pairOf(labelled(set, few), labelled(set, [...few, ...more]))
  },
}

const pairOf = (champion: Version, challenger: Version): Pair => ({ champion, challenger, isShared: always })

const labelled = ({ images }: CachedSet, places: readonly number[]): Version => ({
  places,
  labels: Int32Array.from(places, (i) => images.labels[i]!),
})

function flipped(
  { classes }: CachedSet,
  { places, labels }: Version,
  { random, isFlipped }: { random: () => number; isFlipped: (place: number) => boolean },
): Version {
  const wrong = (label: number): number =>
    (label + 1 + Math.floor(random() * (classes.length - 1))) % classes.length
  return {
    places,
    labels: labels.map((label, at) =>
      isFlipped(places[at]!) && random() < WRONG_LABELS ? wrong(label) : label,
    ),
  }
}

export async function gatePairs({ from, reshuffles, tests, onStep }: ReshuffleOptions): Promise<string> {
  const backbone = await backboneForDraws()
  await using engine = await openEngine('auto', 'inference')
  const rows: string[] = []
  for (const one of from) {
    onStep(`${path.basename(one)}: features`)
    using set = await cachedSet(one, { engine, backbone })
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const results: JudgedPair[] = []
      for (let seed = 1; seed <= reshuffles; seed++) {
        onStep(`${set.name}, ${name}, draw ${seed} of ${reshuffles}`)
        results.push(await judgedPair(set, scenario, { seed, tests, engine }))
      }
      rows.push(rowOf(set.name, name, results))
    }
  }
  return [
    `The pretrained network: ${backbone.name}; ${engine.detail}`,
    '',
    '| set | the new version has | truth, points | better | not worse | equal | inconclusive | worse |' +
      ' live by `not_worse` | of these, more than 2 points worse |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n')
}

async function judgedPair(
  set: CachedSet,
  scenario: Scenario,
  { seed, tests, engine }: { seed: number; tests: number; engine: TrainingEngine },
): Promise<JudgedPair> {
  const draw = (perClass: number) => drawOf(set, { perClass, tests, seed })
  const { champion, challenger, isShared } = scenario(
    set,
    (perClass) => draw(perClass).train,
    createRandom(seed),
  )
  const first = await trainedOn(set, champion.places, { seed, engine, labels: champion.labels })
  const second = await trainedOn(set, challenger.places, {
    seed: seed + 1,
    engine,
    labels: challenger.labels,
  })
  const compared = compare(
    pairedAnswers(
      set,
      { version: champion, trained: first },
      { version: challenger, trained: second },
    ).filter(({ label }) => isShared(Number(label))),
    null,
    {
      folds: Math.max(first.folds, second.folds),
      reused: {
        images: champion.places.filter((i) => challenger.places.includes(i)).length,
        of: champion.places.length,
      },
    },
  )
  const test = draw(MANY).test.filter((i) => isShared(set.images.labels[i]!))
  return {
    verdict: judge(compared).kind,
    gain: accuracyOf(set, second, test) - accuracyOf(set, first, test),
  }
}

type TrainedVersion = { readonly version: Version; readonly trained: CrossValidationResult }

/** As comparable-images.ts pairs them: out of fold where a version was trained on the image, and the first of each
 *  group of near-copies. */
function pairedAnswers(
  set: CachedSet,
  champion: TrainedVersion,
  challenger: TrainedVersion,
): readonly PairedAnswer[] {
  const known = new Set<number>()
  const old = new Set(champion.version.places)
  return challenger.version.places.flatMap((place, at): PairedAnswer[] => {
    const group = set.groups[place]!
    if (known.has(group)) return []
    known.add(group)
    const label = challenger.version.labels[at]!
    const [a, b] = [answerFor(set, place, champion), answerFor(set, place, challenger)]
    if (a === null || b === null) return []
    return [
      {
        label: String(label),
        championRight: a === label,
        challengerRight: b === label,
        isNew: !old.has(place),
      },
    ]
  })
}

/** Null where only heads that were trained on the image, or on a near-copy of it, could answer. */
function answerFor(set: CachedSet, place: number, { version, trained }: TrainedVersion): number | null {
  const at = version.places.indexOf(place)
  if (at >= 0) return trained.result.isEvaluated[at] ? answerOf(trained.result.logits, at) : null
  if (trained.groups.includes(set.groups[place]!)) return null
  return answerOf(answersBy(trained.result.head, someFeatures(set.features, [place])), 0)
}

function accuracyOf(set: CachedSet, { result }: CrossValidationResult, test: readonly number[]): number {
  const logits = answersBy(result.head, someFeatures(set.features, test))
  return test.filter((i, at) => answerOf(logits, at) === set.images.labels[i]).length / test.length
}

function rowOf(set: string, name: string, results: readonly JudgedPair[]): string {
  const count = (kind: Verdict['kind']): number => results.filter(({ verdict }) => verdict === kind).length
  const gains = results.map(({ gain }) => gain)
  const live = results.filter(({ verdict }) => mayPromote(verdict, 'not_worse'))
  const points = (gain: number): string => `${gain < 0 ? '−' : '+'}${Math.abs(100 * gain).toFixed(1)}`
  return (
    `| ${set} | ${name} | ${points(gains.reduce((a, b) => a + b, 0) / gains.length)} ` +
    `(${points(Math.min(...gains))} to ${points(Math.max(...gains))}) | ${count('better')} | ` +
    `${count('not-worse')} | ${count('equal')} | ${count('cannot-tell')} | ${count('worse')} | ` +
    `${live.length} | ${live.filter(({ gain }) => gain < -WORSE_BY).length} |`
  )
}
