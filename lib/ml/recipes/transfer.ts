/** transfer: another network's layers, in two phases: only the last one on frozen features, then the upper
 *  part with it, at a low rate. Sources: F. Chollet, "Transfer learning & fine-tuning" (keras.io, 2020) for
 *  the phases and for batch norm that stays frozen; Yosinski et al. 2014 (arXiv:1411.1792) for freezing the
 *  lower layers. Result: on the card of every version it made. */
import type { TransferRecipe } from './recipe.ts'
import { head } from './head.ts'

export const transfer: TransferRecipe = {
  kind: 'transfer',
  name: 'transfer',
  settings: {
    epochs: 15, // the first trains only the last layer
    batch: 32,
    optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
    // for 32 images; a third when validation stops improving
    rate: { peak: 0.003, warmUpEpochs: 0, end: 0.00003, reduce: { patience: 2, factor: 0.3 } },
    augment: { flip: true, shift: 6, rotate: 8, zoom: 0.15, brightness: 0.1, contrast: 0.15, colour: 0.04 },
    labelSmoothing: 0.05,
    averageDecay: 0.98,
    patience: 5,
    clipNorm: 5,
    precision: 'auto',
    transfer: { head: head.settings, share: 0.4 },
  },
}
