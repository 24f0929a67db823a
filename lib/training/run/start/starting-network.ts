/** The network and the weights that a run starts with: a version's, with outputs added for new classes; another
 *  network's without its last layer; or a recipe's own with random weights. It trains nothing. */
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import { firstConvolution, whiteningKernel } from '#lib/ml/learn/whitening.ts'
import { withHead } from '#lib/ml/network/head-network.ts'
import { initialWeights, withClasses } from '#lib/ml/network/initial-weights.ts'
import { featureLength, type Network, type Weights } from '#lib/ml/network/network.ts'
import { isRecipe, RECIPES } from '#lib/ml/recipes/list.ts'
import type { ScratchRecipe } from '#lib/ml/recipes/recipe.ts'

export type StartingNetwork = { readonly network: Network; readonly weights: Weights }

/** @param training images from which the kernel of a whitened first layer is computed */
export async function startingNetwork(plan: RunPlan, training: SampleSet): Promise<StartingNetwork> {
  const classes = plan.classes.length
  switch (plan.start.kind) {
    case 'version':
    case 'network': {
      const { network, weights } = await readBundle(plan.start.folder)
      if (plan.start.kind === 'network')
        return withHead(network, weights, {
          kernel: new Float32Array(featureLength(network) * classes),
          bias: new Float32Array(classes),
        })
      return network.classes === classes
        ? { network, weights }
        : withClasses(network, weights, { classes, seed: plan.seed })
    }
    case 'random':
      return randomNetwork(plan, training)
    case 'choose-network':
      throw new Error('the network to start with has not been chosen yet')
  }
}

function randomNetwork(plan: RunPlan, training: SampleSet): StartingNetwork {
  const { network: build, settings } = scratchRecipe(plan.recipe)
  const network = build({ size: plan.spec.size, channels: plan.spec.channels }, plan.classes.length)
  const weights = initialWeights(network, plan.seed, {
    startsAsIdentity: settings.beginsAsIdentity ?? false,
  })
  if (!settings.isWhitened) return { network, weights }
  const kernel = `${firstConvolution(network).name}/kernel`
  return { network, weights: { ...weights, [kernel]: whiteningKernel(network, training, plan.spec) } }
}

/** The recipe's network with the settings of the plan. */
function scratchRecipe({ kind, name, settings }: RecipePlan): ScratchRecipe {
  const recipe = isRecipe(name) ? RECIPES[name] : undefined
  if (kind !== 'scratch' || recipe?.kind !== 'scratch')
    throw new Error(`The recipe ${name} has no network, and the run has no version to start from`)
  return { ...recipe, settings }
}
