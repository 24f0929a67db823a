/** Every engine available on this machine, in every layout, against the float64 reference. */
import { afterAll, describe, expect, test } from 'vitest'
import type { LearnerSpec, Optimiser } from '#lib/ml/learn/learner.ts'
import { liveWeights, someBatch, tinyNetworks } from '#lib/ml/network/networks.fakes.ts'
import type { Network } from '#lib/ml/network/network.ts'
import { concatenated, planWeights } from '#lib/ml/network/weight-layout.ts'
import { createRandom, normal } from '#lib/ml/random.ts'
import {
  referenceAnswers,
  referenceGradients,
  referenceTrained,
  relativeError,
} from '#lib/ml/reference/step.ts'
import { enginesHere } from './engines.fakes.ts'

const plainSgd: Optimiser = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 }
const FLOAT32 = 2e-5 // relative; the rounding error of some dozens of operations

for (const { name, engine, openSessions } of await enginesHere()) {
  describe(name, () => {
    afterAll(() => engine[Symbol.asyncDispose]())

    test.each(
      tinyNetworks.flatMap((network) => [3, 16].map((count) => [network.name, count, network] as const)),
    )("a step is the reference's: %s, %i images", async (_, count, network) => {
      const weights = liveWeights(network, 5)
      const batch = someBatch(network, count, 6)
      const spec: LearnerSpec = {
        network,
        weights,
        batch: count,
        optimiser: plainSgd,
        seed: 3,
        precision: 'float32',
      }
      await using learner = await engine.learner(spec)

      const { loss, right } = await learner.learn(batch, 1)
      const after = await learner.weights()

      const expected = referenceGradients(spec, weights, batch)
      expect(loss).toBeCloseTo(expected.loss, 5)
      expect(right).toBe(expected.right)
      const { trained, measured } = planWeights(spec)
      for (const { name: tensor } of trained)
        expect(
          relativeError(
            weights[tensor]!.map((w, i) => w - after[tensor]![i]!),
            expected.gradients[tensor]!,
          ),
          tensor,
        ).toBeLessThan(20 * FLOAT32)
      for (const { name: tensor } of measured)
        expect(
          relativeError(
            after[tensor]!.map((w, i) => (w - 0.9 * weights[tensor]![i]!) / 0.1),
            expected.measured[tensor]!,
          ),
          tensor,
        ).toBeLessThan(FLOAT32)
    })

    test.each(tinyNetworks.map((network) => [network.name, network] as const))(
      "answers and features are the reference's: %s",
      async (_, network) => {
        const weights = liveWeights(network, 5)
        const batch = someBatch(network, 5, 6)

        await engine.load('key', { network, weights })
        const { logits, features } = await engine.run('key', batch.pixels, 5)
        await engine.unload('key')

        const expected = referenceAnswers(network, weights, batch)
        expect(relativeError(logits, expected.logits)).toBeLessThan(FLOAT32)
        expect(relativeError(features!, expected.features)).toBeLessThan(FLOAT32)
      },
    )

    test.each<[string, Partial<LearnerSpec>]>([
      [
        'Nesterov, decay, clipping',
        { optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 }, clipNorm: 0.5 },
      ],
      [
        'shifts that follow faster',
        { optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01, shiftPace: 64 } },
      ],
      ['Adam', { optimiser: { kind: 'adam' } }],
      ['AdamW, first layers frozen', { optimiser: { kind: 'adamw', weightDecay: 0.1 }, frozenThrough: 'l3' }],
      ['batch norm frozen', { batchNorm: 'frozen' }],
      ['all but the head frozen', { frozenThrough: 'l10' }],
      ['the last output fitted to a number', { fitted: { from: 2, weight: 3 } }],
    ])('three steps agree with the reference: %s', async (_, change) => {
      const network = tinyNetworks[0]!
      const spec: LearnerSpec = {
        network,
        weights: liveWeights(network, 5),
        batch: 4,
        optimiser: plainSgd,
        precision: 'float32',
        ...change,
      }
      const batch = someBatch(network, 4, 6)
      const { trained } = planWeights(spec)
      const start = concatenated(trained, spec.weights)
      const moved = (values: ArrayLike<number>): number[] =>
        Array.from(values, (value, i) => value - start[i]!)

      await using learner = await engine.learner(spec)
      for (let step = 0; step < 3; step++) await learner.learn(batch, 0.01)

      const expected = referenceTrained(spec, batch, { rate: 0.01, steps: 3 })
      expect(
        relativeError(moved(concatenated(trained, await learner.weights())), moved(expected)),
      ).toBeLessThan(1e-3)
    })

    test('equal maxima of a pool share its gradient, negative ones too', async () => {
      const network: Network = {
        name: 'ties',
        input: { size: 4, channels: 1 },
        classes: 2,
        layers: [
          { name: 'conv', kind: 'conv', kernel: 1, filters: 16, stride: 1 },
          { name: 'pool', kind: 'maxPool', size: 2 },
          { name: 'flat', kind: 'flatten' },
          { name: 'head', kind: 'dense', units: 2, bias: true },
        ],
      }
      const weights = {
        ...liveWeights(network, 1),
        'conv/kernel': Float32Array.from({ length: 16 }, (_, i) => ((i % 2 ? -1 : 1) * (i + 1)) / 8),
      }
      const batch = {
        count: 1,
        pixels: Float32Array.from([1, 1, 2, 2, 1, 1, 3, 2, 1, 2, 3, 3, 2, 1, 3, 3]),
        targets: Float32Array.of(1, 0),
      }
      const spec: LearnerSpec = { network, weights, batch: 1, optimiser: plainSgd, precision: 'float32' }
      const isSharing = name !== 'tfjs-node' // TensorFlow gives all to the first of them, which is also correct

      await using learner = await engine.learner(spec)
      await learner.learn(batch, 1)

      const { 'conv/kernel': kernel } = await learner.weights()
      const gradient = kernel!.map((w, i) => weights['conv/kernel']![i]! - w)
      if (isSharing)
        expect(
          relativeError(gradient, referenceGradients(spec, weights, batch).gradients['conv/kernel']!),
        ).toBeLessThan(FLOAT32)
      expect(gradient.every((g) => g !== 0)).toBe(true)
    })

    test('a learner continues from its state with bit-identical results', async () => {
      const network = tinyNetworks[0]!
      const spec: LearnerSpec = {
        network,
        weights: liveWeights(network, 5),
        batch: 16,
        optimiser: { kind: 'adam' },
        seed: 4,
      }
      const batch = someBatch(network, 16, 6)
      await using first = await engine.learner(spec)
      const onward = async (learner: typeof first): Promise<void> => {
        for (let step = 0; step < 2; step++) {
          await learner.learn(batch, 0.01)
          learner.average(0.9)
        }
      }
      await onward(first)
      await first.remember('average')
      const saved = structuredClone(await first.state())
      await onward(first)

      await using second = await engine.learner({ ...spec, weights: liveWeights(network, 9) })
      await second.restore(saved)
      await onward(second)

      expect(await second.state()).toEqual(await first.state())
      await second.recall()
      expect((await second.state()).latest).toEqual(saved.average)
    })

    test('two kinds of images are distinguished after a few steps, and no session stays open', async () => {
      const before = openSessions()
      const network = {
        ...tinyNetworks[0]!,
        classes: 2,
        layers: [
          ...tinyNetworks[0]!.layers.slice(0, -1),
          { name: 'head', kind: 'dense', units: 2, bias: true } as const,
        ],
      }
      const random = createRandom(1)
      // left half bright, or right half bright, under noise
      const blobs = () => {
        const targets = new Float32Array(64).map((_, i) => (i % 2 === Math.floor(i / 2) % 2 ? 1 : 0))
        const pixels = new Float32Array(32 * 8 * 8 * 3).map(
          (_, i) =>
            normal(random) + (Math.floor(i / 3) % 8 < 4 === (targets[Math.floor(i / 192) * 2] === 1) ? 1 : 0),
        )
        return { count: 32, targets, pixels }
      }
      const learner = await engine.learner({
        network,
        weights: liveWeights(network, 2),
        batch: 32,
        optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0 },
      })
      for (let step = 0; step < 40; step++) await learner.learn(blobs(), 0.05)

      const unseen = blobs()
      const { logits } = await learner.predict(unseen.pixels, 32)
      await learner[Symbol.asyncDispose]()

      const right = Array.from(
        { length: 32 },
        (_, n) => logits[2 * n]! > logits[2 * n + 1]! === (unseen.targets[2 * n] === 1),
      ).filter(Boolean).length
      expect(right).toBeGreaterThanOrEqual(30)
      expect(openSessions()).toBe(before)
    })
  })
}
