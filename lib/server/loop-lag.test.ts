import { expect, onTestFinished, test } from 'vitest'
import { watchLoopLag } from './loop-lag.ts'

test('a busy process reports its delay, and that it has caught up', async () => {
  const loop = watchLoopLag()
  onTestFinished(() => loop[Symbol.dispose]())
  const end = performance.now() + 400

  while (performance.now() < end);
  const late = loop.lagMs()
  while (loop.lagMs() > 200) await new Promise((resolve) => setImmediate(resolve))

  expect(late).toBeGreaterThan(300)
  expect(loop.lagMs()).toBeLessThan(late)
})
