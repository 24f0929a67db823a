/** CPU time of the processes that the checks started and that have ended, theirs included. */
import { existsSync, readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100
const OWN_STAT = '/proc/self/stat'
/** Of children that have ended: cutime and cstime (proc(5)), counted after the name, which may contain spaces. */
const FIRST_OF_CHILDREN = 13

/** In seconds; null where there is no /proc. */
export function childrenCpuSeconds(): number | null {
  if (!existsSync(OWN_STAT)) return null
  const stat = readFileSync(OWN_STAT, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[FIRST_OF_CHILDREN]) + Number(fields[FIRST_OF_CHILDREN + 1])) / TICKS_PER_SECOND
}
