/** scratch-best: wide networks from random weights behind a whitened first convolution, for tens of thousands
 *  of small photographs and an hour or two of two cores. Source: K. Jordan 2024 (arXiv:2404.00498) for
 *  layout, whitening, alternating mirrors, averaged weights, identity initialisation and fast shifts; DeVries
 *  and Taylor 2017 (arXiv:1708.04552) for cut-out. Result: on the cards and in docs/training-log.md. */
import type { ScratchRecipe } from './recipe.ts'
import { wideNetwork } from './wide-network.ts'

export const scratchBest: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-best',
  settings: {
    epochs: 20,
    batch: 256,
    optimiser: { kind: 'sgd', momentum: 0.85, nesterov: true, weightDecay: 0.0013, shiftPace: 64 },
    rate: { peak: 0.375, warmUpEpochs: 4, end: 0.0005 }, // for 256 images
    augment: { flip: 'alternating', shift: 2 },
    labelSmoothing: 0.2,
    averageDecay: 0.995,
    patience: 100,
    clipNorm: null,
    precision: 'auto',
    isWhitened: true,
    beginsAsIdentity: true,
  },
  network: wideNetwork([64, 256, 256]),
}

/** The same below the 849,066 parameters of the earlier projects' network. */
export const scratchBestSmall: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-best-small',
  settings: {
    ...scratchBest.settings,
    epochs: 30,
  },
  network: wideNetwork([64, 160, 160]),
}

/** A few thousand photographs of 96 pixels: wider changes, smaller steps, no speed-ups. */
export const scratchBestPhoto: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-best-photo',
  settings: {
    ...scratchBest.settings,
    epochs: 80,
    batch: 64,
    optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    rate: { peak: 0.08, warmUpEpochs: 5, end: 0.0005 }, // for 64 images
    augment: {
      flip: 'alternating',
      shift: 8,
      rotate: 15,
      zoom: 0.25,
      brightness: 0.15,
      contrast: 0.25,
      colour: 0.05,
      cutout: 24,
    },
    labelSmoothing: 0.1,
    clipNorm: 5,
    beginsAsIdentity: false,
  },
  network: wideNetwork([48, 96, 160]),
}

/** Tens of thousands of handwritten signs: nothing is mirrored, and one grey channel has too few directions to
 *  whiten. */
export const scratchBestDigits: ScratchRecipe = {
  kind: 'scratch',
  name: 'scratch-best-digits',
  settings: {
    ...scratchBestPhoto.settings,
    epochs: 10,
    batch: 128,
    rate: { peak: 0.1, warmUpEpochs: 2, end: 0.0002 }, // for 128 images
    augment: { shift: 2, rotate: 12, zoom: 0.12 },
    labelSmoothing: 0.05,
    isWhitened: false,
  },
  network: wideNetwork([32, 64, 128]),
}
