/** Whether a fresh installation lacks its first images; forks the process that draws them (seed-images.ts), and waits
 *  until it has ended. */
import path from 'node:path'
import { forkChild } from '#lib/children/fork.ts'
import type { Data } from '#lib/data/data.ts'
import { inheritedFlags } from './environment.ts'

const ENTRY = path.join(import.meta.dirname, '../seed-process.ts')
export const FIRST_CLASSIFIER = 'shapes'

export async function lacksFirstImages(data: Data): Promise<boolean> {
  const shapes = await data.classifiers.find(FIRST_CLASSIFIER)
  if (shapes === null || !shapes.isShipped) return false
  return data.uploads.hasNone(FIRST_CLASSIFIER)
}

/** When aborted, the process is sent SIGTERM, and undoes what it has started. */
export async function drawnElsewhere(signal: AbortSignal, onLine: (line: string) => void): Promise<void> {
  const child = forkChild({ entry: ENTRY, flags: inheritedFlags(), stdout: 'ignore', onLine })
  const stop = (): void => child.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  await new Promise<void>((resolve) => child.listen({ message: () => {}, exit: () => resolve() }))
  signal.removeEventListener('abort', stop)
}
