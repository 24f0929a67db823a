/** What a person reads while a command prepares itself: one line per step, with its seconds.
 *  It is not the product's log, which begins with the supervisor. Plain JavaScript for any Node from 20 on. */

const HEARTBEAT_MS = 10_000 // a silent terminal looks broken after about this long

/** @param {number} since from `performance.now()` */
export const secondsSince = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** @param {string} line */
export const say = (line) => process.stderr.write(`${line}\n`)

/** Does one thing and says how long it took; a long one says every few seconds how far it is.
 *  @template T
 *  @param {string} title what is done, in the present tense
 *  @param {() => Promise<T>} work
 *  @param {() => string} [howFar] asked at each heartbeat
 *  @returns {Promise<T>} */
export async function step(title, work, howFar = () => '') {
  const began = performance.now()
  const beat = setInterval(
    () => say(`  … ${title}: ${secondsSince(began)}${howFar() && `, ${howFar()}`}`),
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

/** A failure whose message is all that a person needs: shown without a stack. */
export class CannotGoOn extends Error {}
