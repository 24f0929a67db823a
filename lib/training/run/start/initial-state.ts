/** The network and the weights that a run begins with: a version's, grown by new classes; another
 *  classifier's up to its last layer; or a recipe's at random. It learns nothing. */
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { isHeadSettings } from '#lib/ml/learn/head.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import { identityWeights, initialWeights, withClasses } from '#lib/ml/network/initial-weights.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { isRecipe, RECIPES } from '#lib/ml/recipes/list.ts'
import { firstConvolution, whiteningKernel } from '#lib/ml/learn/whitening.ts'
import type { Pack } from '../data/pack.ts'
import type { RunPlan } from '../plan.ts'

export async function beginning(plan: RunPlan, pack: Pack): Promise<{ network: Network; weights: Weights }> {
  const classes = plan.classes.length
  if (plan.base) {
    const { network, weights } = await readBundle(plan.base.folder)
    return network.classes === classes
      ? { network, weights }
      : withClasses(network, weights, { classes, seed: plan.seed })
  }
  if (plan.body) {
    const { network, weights } = await readBundle(plan.body.folder)
    return withHead(network, weights, {
      kernel: new Float32Array(featureLength(network) * classes),
      bias: new Float32Array(classes),
    })
  }
  const { name, settings } = plan.recipe
  const recipe = isRecipe(name) ? RECIPES[name] : undefined
  if (!recipe?.network || isHeadSettings(settings))
    throw new Error(`The recipe ${name} has no network, and the run has no version to start from`)
  const network = recipe.network({ size: plan.spec.size, channels: plan.spec.channels }, classes)
  const weights = settings.beginsAsIdentity
    ? identityWeights(network, plan.seed)
    : initialWeights(network, plan.seed)
  if (!settings.isWhitened) return { network, weights }
  return {
    network,
    weights: {
      ...weights,
      [`${firstConvolution(network).name}/kernel`]: whiteningKernel(
        network,
        pack.set('train', plan.classes),
        plan.spec,
      ),
    },
  }
}
