/** What evaluating and saving a version costs: once without images and once with a few test images; the
 *  difference is the cost of the images. */
import type { Cost } from '#lib/contracts/probe.ts'
import { subsetOf, type SampleSet } from '#lib/ml/learn/sample-set.ts'
import { START } from '#lib/ml/learn/train.ts'
import type { Pack } from '../run/data/pack.ts'
import { evaluateTrained } from '../run/seal/evaluate-trained.ts'
import { saveVersion } from '../run/seal/save-version.ts'
import { per, stopwatch, subtracted } from './cost.ts'
import type { ProbeRun } from './ports.ts'

export async function probeSaving(
  { plan, network, weights, few, ports: probePorts }: ProbeRun,
  pack: Pack,
): Promise<{ always: Cost; perTest: Cost }> {
  const ports = { ...probePorts, openTest: async () => 0 }
  const timed = stopwatch(ports)
  const nothing = subsetOf(few, [], plan.classes.length)
  const trained = { network, weights, position: START, batch: 1, images: 0 }
  const saved = (test: SampleSet) =>
    timed(async () => {
      const images = { index: pack.index, training: nothing, choosing: nothing, calibrating: nothing, test }
      const evaluated = await evaluateTrained({ plan, images, trained }, ports)
      await saveVersion({ plan, images, trained, evaluated }, ports)
    })
  const always = await saved(nothing)
  const withTest = await saved(few)
  return { always: always.cost, perTest: per(subtracted(withTest.cost, always.cost), few.count) }
}
