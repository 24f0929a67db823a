/** The model files of a bundle, loaded by tfjs itself on its plain backend. */
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { layoutOf } from '#lib/ml/network/network.ts'
import { liveWeights, someBatch, tinyNetworks } from '#lib/ml/network/networks.fakes.ts'
import { referenceAnswers, relativeError } from '#lib/ml/reference/step.ts'
import { fromTfjs, toTfjs } from '#lib/ml/formats/tfjs.ts'

beforeAll(() => tf.setBackend('cpu'))

test.each(tinyNetworks.map((network) => [network.name, network] as const))(
  'tfjs loads and answers alike: %s',
  async (_, network) => {
    const weights = liveWeights(network, 3)
    const { modelJson, weightsBin } = toTfjs(layoutOf(network), weights)
    const batch = someBatch(network, 2, 4)

    const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(modelJson)
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology,
        weightSpecs: weightsManifest[0].weights,
        weightData: new Uint8Array(weightsBin).buffer,
        userDefinedMetadata,
      }),
    )
    const [size, channels] = [network.input.size, network.input.channels]
    const answers = (
      model.predict(tf.tensor4d(batch.pixels, [2, size, size, channels])) as tf.Tensor
    ).dataSync()

    // float16: 2^-11 per weight
    expect(relativeError(answers, referenceAnswers(network, weights, batch).logits)).toBeLessThan(2e-3)
    expect(
      relativeError(
        answers,
        referenceAnswers(network, fromTfjs(modelJson, weightsBin).weights, batch).logits,
      ),
    ).toBeLessThan(1e-5)
    model.dispose()
  },
)
