/** A small learner, readable at a glance: softmax regression with momentum, in plain JavaScript. For
 *  tests of the loop around it. */
import { softmax } from '#lib/domain/evaluation/calibration.ts'
import type { Batch, FlatWeights, Learner, LearnerState, Which } from './learner.ts'

export type LinearLearner = Learner & { readonly batches: number[] }

export function linearLearner(inputs: number, classes: number): LinearLearner {
  let latest = new Float32Array((inputs + 1) * classes)
  let momentum = new Float32Array(latest.length)
  let average: Float32Array | null = null
  let best: Float32Array | null = null
  let step = 0
  const batches: number[] = []

  const logitsBy = (weights: Float32Array, pixels: Float32Array, i: number): number[] =>
    Array.from({ length: classes }, (_, k) => {
      let sum = weights[inputs * classes + k]!
      for (let j = 0; j < inputs; j++) sum += weights[j * classes + k]! * pixels[i * inputs + j]!
      return sum
    })
  const of = (which: Which = 'latest') => (which === 'average' ? average! : latest)
  const flat = (weights: Float32Array): FlatWeights => ({
    trained: weights.slice(),
    measured: new Float32Array(),
  })

  return {
    batches,
    async learn({ pixels, targets, count }: Batch, rate) {
      batches.push(count)
      const gradient = new Float32Array(latest.length)
      let loss = 0
      let right = 0
      for (let i = 0; i < count; i++) {
        const probabilities = softmax(logitsBy(latest, pixels, i))
        const target = targets.subarray(i * classes, (i + 1) * classes)
        if (probabilities.indexOf(Math.max(...probabilities)) === target.indexOf(Math.max(...target))) right++
        probabilities.forEach((p, k) => {
          loss -= target[k]! * Math.log(Math.max(p, 1e-12)) // a NaN stays one
          const error = (p - target[k]!) / count
          for (let j = 0; j < inputs; j++) gradient[j * classes + k]! += error * pixels[i * inputs + j]!
          gradient[inputs * classes + k]! += error
        })
      }
      momentum = momentum.map((m, w) => 0.9 * m + gradient[w]!)
      latest = latest.map((value, w) => value - rate * momentum[w]!)
      step++
      return { loss: loss / count, right }
    },
    average(decay) {
      average = average ? average.map((value, w) => decay * value + (1 - decay) * latest[w]!) : latest.slice()
    },
    async predict(pixels, count, which) {
      const logits = Float32Array.from(
        Array.from({ length: count }, (_, i) => logitsBy(of(which), pixels, i)).flat(),
      )
      return { logits, features: pixels.slice() }
    },
    async remember(which) {
      best = of(which).slice()
    },
    async recall() {
      latest = best!.slice()
    },
    async weights(which) {
      return {
        'logits/kernel': of(which).slice(0, inputs * classes),
        'logits/bias': of(which).slice(inputs * classes),
      }
    },
    async state(): Promise<LearnerState> {
      return {
        step,
        latest: flat(latest),
        moments: [momentum.slice()],
        average: average && flat(average),
        best: best && flat(best),
      }
    },
    async restore(state) {
      step = state.step
      latest = state.latest.trained.slice()
      momentum = state.moments[0]!.slice()
      average = state.average && state.average.trained.slice()
      best = state.best && state.best.trained.slice()
    },
    async [Symbol.asyncDispose]() {},
  }
}
