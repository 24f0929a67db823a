/** The learning rate over a training run: up to its peak, then down along a cosine. It knows neither data nor
 *  optimiser. */

/** `peak` applies to the recipe's own batch; see `scaledRate`. With `reduce` the rate stays at its peak until
 *  the validation loss stops falling. */
export type RateSchedule = {
  readonly peak: number
  readonly warmUpEpochs: number
  readonly end: number
  readonly reduce?: Reduce
}

/** After `patience` epochs without a smaller loss the rate is multiplied by `factor`, down to the end value of
 *  the schedule. */
export type Reduce = { readonly patience: number; readonly factor: number }

/** @param at epochs done so far, with a fraction for the batches of the running one. Cosine: Loshchilov and
 *  Hutter 2017 (arXiv:1608.03983); linear warm-up: Goyal et al. 2017 (arXiv:1706.02677). */
export function learningRate(rate: RateSchedule, at: number, epochs: number): number {
  const warmUp = Math.min(rate.warmUpEpochs, epochs / 4) // a short run must not consist mainly of warming up
  if (at < warmUp) return rate.peak * Math.max(at / warmUp, 0.02)
  const share = Math.min(1, (at - warmUp) / Math.max(epochs - warmUp, 1e-9))
  return rate.end + (rate.peak - rate.end) * 0.5 * (1 + Math.cos(Math.PI * share))
}

/** The rate after these validation losses, counted as in Keras' ReduceLROnPlateau: a reduction restarts the
 *  patience. */
export function plateauRate(
  rate: RateSchedule & { readonly reduce: Reduce },
  losses: readonly number[],
): number {
  let [now, best, waited] = [rate.peak, Infinity, 0]
  for (const loss of losses) {
    waited = loss < best ? 0 : waited + 1
    best = Math.min(best, loss)
    if (waited < rate.reduce.patience) continue
    now = Math.max(rate.end, now * rate.reduce.factor)
    waited = 0
  }
  return now
}

/** A smaller batch takes smaller steps, by the square root of its share: Krizhevsky 2014 (arXiv:1404.5997), §
 *  5. Scaling in proportion was slower on 240 drawn shapes in batches of 16: 47 % accuracy after 15 epochs instead
 *  of 60 % (2026-11). */
export function scaledRate(rate: RateSchedule, batch: number, recipeBatch: number): RateSchedule {
  const share = Math.sqrt(batch / recipeBatch)
  return { ...rate, peak: rate.peak * share, end: rate.end * share }
}
