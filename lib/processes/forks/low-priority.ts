/** Processes whose work may wait: for clients on the same machine, or for predictions. */
import { writeFileSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/**
 * Clients on the same machine go first: they cannot read responses or send requests while the processes that answer
 * have all cores. Decoding (7) and training (10) come after.
 */
const ANSWERING_NICE = 5
/**
 * Predictions for small images go first: such a process gets a fifth of a core when all are busy. At the
 * lowest priority, a busy machine decoded nothing within 10 s.
 */
const NICE = 7

/** For a process that answers requests, or does jobs next to those that do. */
export const giveWayToClients = (): void => setPriority(Math.min(19, getPriority() + ANSWERING_NICE))

/** For other work; Linux ends such a process first when memory runs out. */
export function giveWay(): void {
  setPriority(NICE)
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Other systems have no such file.
  }
}
