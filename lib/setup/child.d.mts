import type { SpawnOptions } from 'node:child_process'

export function runToEnd(
  program: string,
  args: readonly string[],
  options?: SpawnOptions,
): Promise<{ code: number; output: string }>
