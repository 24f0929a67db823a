/**
 * For tests: a database that another process keeps locked, and a watch on how long this process's thread is
 * blocked meanwhile.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { onTestFinished } from 'vitest'

const LOOK_EVERY_MS = 5

/** Locks `file` from another process. What it answers ends that lock. */
export async function lockElsewhere(
  file: string,
  begin: 'BEGIN IMMEDIATE' | 'BEGIN EXCLUSIVE' = 'BEGIN IMMEDIATE',
): Promise<() => Promise<void>> {
  const child = fork(path.join(import.meta.dirname, 'lock-holder.fakes.ts'), [file, begin], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const exit = once(child, 'exit')
  const release = async (): Promise<void> => {
    if (child.connected) child.send('release')
    await exit
  }
  onTestFinished(release)
  await once(child, 'message')
  return release
}

/** From now on; answers the longest time that no timer ran. */
export function watchStandstill(): () => number {
  let last = performance.now()
  let longest = 0
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  return () => {
    clearInterval(timer)
    look()
    return longest
  }
}
