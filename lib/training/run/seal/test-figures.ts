/** The part of a card about the test images: accuracy, loss, calibration error and confusion matrix, and the accuracy
 *  without near-copies of other images. */
import type { Card } from '#lib/contracts/bundle.ts'
import type { LabelledPrediction, Logits } from '#lib/domain/evaluation/calibration.ts'
import { wilson } from '#lib/domain/evaluation/statistics.ts'
import { evaluation } from '#lib/ml/evaluate/evaluate.ts'

export type TestPredictions = {
  readonly logits: Logits
  /** At the temperature of the version. */
  readonly answers: readonly LabelledPrediction[]
  readonly hashes: readonly string[]
  /** Hashes of test images that are near-copies of training or validation images; absent: none are known. */
  readonly copies: ReadonlySet<string> | undefined
}

export function testFigures(
  { logits, answers, hashes, copies = new Set() }: TestPredictions,
  version: { readonly classes: readonly string[]; readonly temperature: number },
): NonNullable<Card['test']> {
  const others = [...hashes.keys()].filter((i) => !copies.has(hashes[i]!))
  const figures = evaluation(logits, answers, version)
  const right = others.filter((i) => figures.isCorrect[i]).length
  return {
    images: figures.images,
    accuracy: figures.accuracy,
    loss: figures.loss,
    macro_f1: figures.macroF1,
    macro: figures.macro,
    weighted: figures.weighted,
    ece: figures.ece,
    reliability: figures.reliability && [...figures.reliability],
    per_class: [...figures.perClass],
    confusion: figures.confusion.map((row) => [...row]),
    near_copies:
      others.length === hashes.length
        ? null
        : {
            images: hashes.length - others.length,
            others: others.length,
            accuracy: others.length === 0 ? null : wilson(right, others.length),
          },
  }
}
