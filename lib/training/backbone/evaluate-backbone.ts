/** Scores a network's features for a classifier: the accuracy of nearest neighbours, and of a last layer that
 *  is trained on them. It trains no features and writes no model card. */
import { learnHead, type FeatureSet } from '#lib/ml/learn/head.ts'
import { headLogits } from '#lib/ml/learn/softmax-regression.ts'
import { head } from '#lib/ml/recipes/head.ts'
import type { Split } from '#lib/domain/classifier.ts'
import { wilson, type Interval } from '#lib/domain/evaluation/statistics.ts'
import type { Features } from './teacher-features.ts'

export type MeasuredImage = { readonly hash: string; readonly label: string; readonly split: Split }

export type BackboneScore = {
  readonly images: number
  readonly neighbours: Interval
  /** Null when it was not requested. */ readonly head: Interval | null
}

const NEIGHBOURS = 5

/** Fits on the training images of a data set and scores on another part; validation chooses the strength of the
 *  head. Skip the head for many classes: it takes minutes. */
export function evaluateBackbone(
  samples: readonly MeasuredImage[],
  features: Features,
  { part, withHead }: { readonly part: 'validation' | 'test'; readonly withHead: boolean },
): BackboneScore {
  const classes = [...new Set(samples.map(({ label }) => label))].toSorted()
  const set = (split: Split): FeatureSet => {
    const selected = samples.filter((sample) => sample.split === split)
    const rows = new Float32Array(selected.length * features.length)
    selected.forEach(({ hash }, i) => {
      if (!features.read(hash, rows, i * features.length))
        throw new Error(`the image ${hash} has no features`)
    })
    return {
      count: selected.length,
      length: features.length,
      views: [rows],
      labels: Int32Array.from(selected, ({ label }) => classes.indexOf(label)),
      targets: null,
    }
  }
  const [training, validation, judged] = [set('train'), set('validation'), set(part)]
  return {
    images: judged.count,
    neighbours: wilson(correctByNeighbours(training, judged, classes.length), judged.count),
    head: withHead
      ? wilson(correctByHead({ training, validation, judged, classes: classes.length }), judged.count)
      : null,
  }
}

function correctByHead({
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
  const tries = learnHead({
    training,
    choosing: validation,
    classes,
    settings: { ...head.settings, mirrored: false },
    towards: null,
    seed: 1,
  })
  for (;;) {
    const next = tries.next()
    if (!next.done) continue
    return countCorrect(judged, (row) => headLogits(next.value, row))
  }
}

/** Neighbours by cosine similarity; when votes are equal, the nearer class wins. */
function correctByNeighbours(training: FeatureSet, judged: FeatureSet, classes: number): number {
  const references = unitRows(training)
  return countCorrect({ ...judged, views: [unitRows(judged)] }, (row) => {
    const nearest: { at: number; near: number }[] = []
    for (let i = 0; i < training.count; i++) {
      let near = 0
      for (let d = 0, at = i * training.length; d < training.length; d++, at++)
        near += row[d]! * references[at]!
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

function countCorrect(
  { count, length, views, labels }: FeatureSet,
  answer: (row: Float32Array) => readonly number[] | Float32Array,
): number {
  let correct = 0
  for (let i = 0; i < count; i++) {
    const scores = answer(views[0]!.subarray(i * length, (i + 1) * length))
    if (scores.indexOf(Math.max(...scores)) === labels[i]) correct += 1
  }
  return correct
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
