/** For tests: paired predictions of two versions, by how many of them each predicts correctly. */
import type { PairedAnswer } from './gate.ts'

export function answers({
  both,
  gains,
  losses,
  neither,
}: {
  both: number
  gains: number
  losses: number
  neither: number
}): PairedAnswer[] {
  const some = (n: number, championRight: boolean, challengerRight: boolean) =>
    Array.from({ length: n }, (): PairedAnswer => ({
      label: 'a',
      championRight,
      challengerRight,
      isNew: false,
    }))
  return [
    ...some(both, true, true),
    ...some(gains, false, true),
    ...some(losses, true, false),
    ...some(neither, false, false),
  ]
}
