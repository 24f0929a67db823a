/** The two copies that a learner keeps in addition to its latest weights: their exponential average, and the best
 *  so far. It does not judge which is better. */
import type { FlatWeights, LearnerState, Which } from './learner.ts'

const copied = ({ trained, measured }: FlatWeights): FlatWeights => ({
  trained: trained.slice(),
  measured: measured.slice(),
})

export class AverageAndBest {
  readonly #latest: () => FlatWeights
  #average: FlatWeights | null = null
  #best: FlatWeights | null = null

  constructor(latest: () => FlatWeights) {
    this.#latest = latest
  }

  /** average = decay × average + (1 − decay) × latest; the first time a copy. */
  move(decay: number): void {
    const latest = this.#latest()
    if (this.#average === null) {
      this.#average = copied(latest)
      return
    }
    follow(this.#average.trained, latest.trained, decay)
    follow(this.#average.measured, latest.measured, decay)
  }

  average(): FlatWeights {
    if (this.#average === null) throw new Error('no average exists: call average(decay) after each step')
    return this.#average
  }

  best(): FlatWeights {
    if (this.#best === null) throw new Error('no weights were remembered')
    return this.#best
  }

  remember(which: Which): void {
    this.#best = copied(which === 'latest' ? this.#latest() : this.average())
  }

  /** Without copying: the next step changes them. */
  all(): Pick<LearnerState, 'latest' | 'average' | 'best'> {
    return { latest: this.#latest(), average: this.#average, best: this.#best }
  }

  restore({ average, best }: Pick<LearnerState, 'average' | 'best'>): void {
    this.#average = average && copied(average)
    this.#best = best && copied(best)
  }
}

function follow(average: Float32Array, latest: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) average[i] = decay * average[i]! + (1 - decay) * latest[i]!
}
