/** transfer-whole: another network's layers, all of them trained with their batch norm once the last layer
 *  fits the classes. For thousands of images, where transfer, which leaves the lower layers as they are,
 *  reaches its limit. Sources: those of transfer; Kornblith et al. 2019 (arXiv:1805.08974) for
 *  fine-tuning the whole network. Result: on the cards and in docs/training-log.md. */
import type { TransferRecipe } from './recipe.ts'
import { transfer } from './transfer.ts'

/** For thousands of photographs. */
export const transferWhole: TransferRecipe = {
  kind: 'transfer',
  name: 'transfer-whole',
  settings: {
    ...transfer.settings,
    epochs: 30, // the first trains only the last layer
    optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    rate: { peak: 0.02, warmUpEpochs: 2, end: 0.0001 }, // for 32 images
    augment: {
      flip: true,
      shift: 8,
      rotate: 15,
      zoom: 0.25,
      brightness: 0.15,
      contrast: 0.25,
      colour: 0.05,
      cutout: 16,
    },
    labelSmoothing: 0.1,
    averageDecay: 0.995,
    patience: 100,
    transfer: { ...transfer.settings.transfer, share: 1 },
  },
}

/** For tens of thousands of small images, enlarged to the input size of the network. */
export const transferWholeSmall: TransferRecipe = {
  kind: 'transfer',
  name: 'transfer-whole-small',
  settings: {
    ...transferWhole.settings,
    epochs: 12,
    batch: 128,
    rate: { peak: 0.05, warmUpEpochs: 1, end: 0.0002 }, // for 128 images
    augment: { flip: 'alternating', shift: 8, zoom: 0.1, brightness: 0.05, contrast: 0.1, cutout: 28 },
    averageDecay: 0.998,
  },
}

/** For photographs without a fixed orientation: leaves, cells, objects from above. */
export const transferWholeTurned: TransferRecipe = {
  kind: 'transfer',
  name: 'transfer-whole-turned',
  settings: {
    ...transferWhole.settings,
    epochs: 60,
    augment: { flip: true, shift: 6, rotate: 180, zoom: 0.2, brightness: 0.1, contrast: 0.15, colour: 0.03 },
  },
}
