/**
 * The image bombs with half a gigabyte for the whole product: within the limit of a control group, no
 * process is killed.
 */
import { BOMBS, type BombName } from './bombs.ts'
import { createControlGroup } from './control-group.ts'
import { bombsOn } from './image-bombs.ts'
import { inMb, type Context, type CheckResult } from './fault-scenario.ts'
import { startProduct } from './product.ts'

const LIMIT_MB = 512
const PARALLEL = 8

export async function smallMachine({ form, say }: Context): Promise<readonly CheckResult[]> {
  using group = createControlGroup(LIMIT_MB)!
  await using product = await startProduct({ MEMORY_MB: String(LIMIT_MB) }, { through: group.through })
  const kinds = form === 'long' ? (Object.keys(BOMBS) as BombName[]) : (['avif'] as const)
  const judged = await bombsOn(product, {
    kinds,
    parallel: PARALLEL,
    thumbnails: PARALLEL,
    stored: 'grey',
    waits: false,
    say,
  })
  return [
    ...judged.map((one) => ({ ...one, what: `${one.what}, in ${LIMIT_MB} MB` })),
    {
      what: `a control group of ${LIMIT_MB} MB`,
      expected: 'no process killed for lack of memory',
      measured: `${group.killed()} killed; peak ${inMb(group.peakMb())}, caches included`,
      holds: group.killed() === 0,
    },
  ]
}
