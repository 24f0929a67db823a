/**
 * Prints the progress of the preparation: one line per step, with its seconds. It is not the product's log,
 * which begins with the supervisor. Plain JavaScript for any Node from 20 on.
 */

const HEARTBEAT_MS = 10_000 // after about this long without output a terminal looks stuck

/** @param {number} since from `performance.now()` */
export const secondsSince = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** @param {string} line */
export const say = (line) => process.stderr.write(`${line}\n`)

/**
 * Runs one step and prints how long it took; a long one prints its progress every few seconds.
 * @template T
 * @param {string} title the step, in the present tense
 * @param {() => Promise<T>} work
 * @param {() => string} [progress] called at each heartbeat
 * @returns {Promise<T>}
 */
export async function step(title, work, progress = () => '') {
  const began = performance.now()
  const beat = setInterval(
    () => say(`  … ${title}: ${secondsSince(began)}${progress() && `, ${progress()}`}`),
    HEARTBEAT_MS,
  )
  try {
    const result = await work()
    say(`✓ ${title} (${secondsSince(began)})`)
    return result
  } finally {
    clearInterval(beat)
  }
}

/** A failure whose message is enough for a person: shown without a stack. */
export class SetupError extends Error {}
