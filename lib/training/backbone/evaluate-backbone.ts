/** What a network's features are worth for a classifier: how many images its nearest neighbours, and a last
 *  layer trained on them, get right. It learns no features and writes no card. */
import { learnHead, type FeatureSet } from '#lib/ml/learn/head.ts'
import { head } from '#lib/ml/recipes/head.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { wilson, type Interval } from '#lib/domain/statistics.ts'
import type { Features } from './teacher-features.ts'

export type MeasuredPicture = { readonly hash: string; readonly label: string; readonly split: Split }

export type BackboneScore = {
  readonly images: number
  readonly neighbours: Interval
  /** Null where it was not asked for. */ readonly head: Interval | null
}

const NEIGHBOURS = 5

/** From the training images of a data set to those of another part; the head's strength is chosen on
 *  validation. Without it for many classes: a head takes minutes. */
export function evaluateBackbone(
  samples: readonly MeasuredPicture[],
  features: Features,
  { part, withHead }: { readonly part: 'validation' | 'test'; readonly withHead: boolean },
): BackboneScore {
  const classes = [...new Set(samples.map(({ label }) => label))].toSorted()
  const set = (split: Split): FeatureSet => {
    const chosen = samples.filter((sample) => sample.split === split)
    const rows = new Float32Array(chosen.length * features.length)
    chosen.forEach(({ hash }, i) => {
      if (!features.read(hash, rows, i * features.length))
        throw new Error(`the image ${hash} has no features`)
    })
    return {
      count: chosen.length,
      length: features.length,
      views: [rows],
      labels: Int32Array.from(chosen, ({ label }) => classes.indexOf(label)),
      targets: null,
    }
  }
  const [training, validation, judged] = [set('train'), set('validation'), set(part)]
  return {
    images: judged.count,
    neighbours: wilson(rightByNeighbours(training, judged, classes.length), judged.count),
    head: withHead
      ? wilson(rightByHead({ training, validation, judged, classes: classes.length }), judged.count)
      : null,
  }
}

function rightByHead({
  training,
  validation,
  judged,
  classes,
}: {
  training: FeatureSet
  validation: FeatureSet
  judged: FeatureSet
  classes: number
}): number {
  const course = learnHead({
    training,
    choosing: validation,
    classes,
    settings: { ...head.settings, mirrored: false },
    towards: null,
    seed: 1,
  })
  for (;;) {
    const next = course.next()
    if (!next.done) continue
    const { kernel, bias } = next.value
    return countRight(judged, (row) => {
      const scores = Array.from(bias)
      row.forEach((value, d) => {
        for (let k = 0; k < classes; k++) scores[k]! += value * kernel[d * classes + k]!
      })
      return scores
    })
  }
}

/** By the cosine; among equal votes the one whose neighbours are nearer. */
function rightByNeighbours(training: FeatureSet, judged: FeatureSet, classes: number): number {
  const known = unitRows(training)
  return countRight({ ...judged, views: [unitRows(judged)] }, (row) => {
    const nearest: { at: number; near: number }[] = []
    for (let i = 0; i < training.count; i++) {
      let near = 0
      for (let d = 0, at = i * training.length; d < training.length; d++, at++) near += row[d]! * known[at]!
      if (nearest.length === NEIGHBOURS && near <= nearest.at(-1)!.near) continue
      nearest.push({ at: i, near })
      nearest.sort((a, b) => b.near - a.near)
      nearest.length = Math.min(nearest.length, NEIGHBOURS)
    }
    const votes = new Array<number>(classes).fill(0)
    for (const { at, near } of nearest) votes[training.labels[at]!]! += 1 + near * 1e-3
    return votes
  })
}

function countRight(
  { count, length, views, labels }: FeatureSet,
  answer: (row: Float32Array) => readonly number[],
): number {
  let right = 0
  for (let i = 0; i < count; i++) {
    const scores = answer(views[0]!.subarray(i * length, (i + 1) * length))
    if (scores.indexOf(Math.max(...scores)) === labels[i]) right += 1
  }
  return right
}

function unitRows({ count, length, views }: FeatureSet): Float32Array {
  const rows = views[0]!.slice()
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * length, (i + 1) * length)
    const size = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1
    row.forEach((value, d) => {
      row[d] = value / size
    })
  }
  return rows
}
