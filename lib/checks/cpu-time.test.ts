import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { childrenCpuSeconds } from './cpu-time.ts'

const HALF_A_SECOND = 'const began = process.cpuUsage(); while (process.cpuUsage(began).user < 5e5) ;'

test('the CPU time of a child is counted when it has ended', () => {
  const before = childrenCpuSeconds()
  spawnSync(process.execPath, ['-e', HALF_A_SECOND])
  const after = childrenCpuSeconds()

  if (process.platform === 'linux') expect(after! - before!).toBeGreaterThanOrEqual(0.49)
  else expect([before, after]).toEqual([null, null])
})
