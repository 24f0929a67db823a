/** A process whose work may wait, and which Linux ends first when memory runs out. */
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/**
 * Predictions for small images go first: such a process gets a fifth of a core when all are busy. At the
 * lowest priority, a busy machine decoded nothing within 10 s.
 */
const NICE = 7

export function giveWay(): void {
  setPriority(NICE)
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000')
  } catch {
    // Other systems have no such file.
  }
}
