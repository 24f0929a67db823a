/** The stage "Training", by the kind of the recipe. */
import type { RunPorts } from '../ports.ts'
import { startStage } from '../progress.ts'
import { trainHead } from './head.ts'
import type { HeadFeatures, PreparedTraining, TrainedNetwork } from './material.ts'
import { trainSteps } from './steps.ts'
import { trainTransfer } from './transfer.ts'

export async function trainNetwork(
  { material, features }: PreparedTraining,
  ports: RunPorts,
): Promise<TrainedNetwork | 'cancelled'> {
  const { recipe } = material.plan
  switch (recipe.kind) {
    case 'scratch':
    case 'finetune':
      return trainSteps({ ...material, settings: recipe.settings }, ports)
    case 'head': {
      const { settings } = recipe
      startStage('train', { total: settings.epochs }, ports)
      return trainHead({ ...material, settings, features: required(features) }, ports)
    }
    case 'transfer':
      startStage('train', { total: null }, ports)
      return trainTransfer({ ...material, settings: recipe.settings, features: required(features) }, ports)
  }
}

function required(features: HeadFeatures | null): HeadFeatures {
  if (!features) throw new Error('the features that the last layer is trained on were not computed')
  return features
}
