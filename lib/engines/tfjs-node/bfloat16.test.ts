/** TensorFlow with maps in bfloat16: close to the reference, with weights that stay float32. Only when
 *  TensorFlow is installed. */
import { describe, expect, test } from 'vitest'
import type { RegressionTarget } from '#lib/ml/learn/loss.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { liveWeights, someBatch, tinyNetworks } from '#lib/ml/network/networks.fakes.ts'
import { planWeights, concatenated } from '#lib/ml/network/weight-layout.ts'
import { referenceGradients, relativeError } from '#lib/ml/reference/step.ts'
import { probeEngines } from '../open-engine.ts'
import { createTensorFlowEngine } from './tensorflow-engine.ts'

const isHere = probeEngines().some((probe) => probe.name === 'tfjs-node' && probe.available)

describe.runIf(isHere)('bfloat16', () => {
  // 8 bits of mantissa: a kernel's error is 3e-3 (measured 2026-11), and a tiny network adds up a dozen; a
  // wrong gradient is off by 1 or more
  const steps: { name: string; network: Network; fitted?: RegressionTarget }[] = [
    ...tinyNetworks.map((network) => ({ name: network.name, network })),
    { name: 'the last output fitted to a number', network: tinyNetworks[0]!, fitted: { from: 2, weight: 3 } },
  ]
  test.each(steps)("a step is near the reference's: $name", async ({ network, fitted }) => {
    await using engine = createTensorFlowEngine()
    const weights = liveWeights(network, 5)
    const batch = someBatch(network, 16, 6)
    await using learner = await engine.learner({
      network,
      weights,
      batch: 16,
      optimiser: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
      precision: 'bfloat16',
      seed: 3,
      ...(fitted && { fitted }),
    })

    const { loss } = await learner.learn(batch, 1)

    const expected = referenceGradients({ network, seed: 3, fitted }, weights, batch)
    const { trained } = planWeights({ network })
    const start = concatenated(trained, weights)
    const moved = concatenated(trained, await learner.weights()).map((w, i) => start[i]! - w)
    expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(0.02)
    expect(
      relativeError(
        moved,
        trained.flatMap((w) => Array.from(expected.gradients[w.name]!)),
      ),
    ).toBeLessThan(0.2)
  })
})
