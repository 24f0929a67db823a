/** head: only the last layer is trained, on features that a network already computes. It takes seconds and is
 *  best with few images. Source: Kornblith et al. 2019 (arXiv:1805.08974), L-BFGS with the
 *  regularisation chosen on validation images; Li et al. 2018 (arXiv:1802.01483) for regularising towards the
 *  old head. Result: docs/decisions/0015-default-recipe.md, and the card of every version it made. */
import type { HeadRecipe } from './recipe.ts'

export const head: HeadRecipe = {
  kind: 'head',
  name: 'head',
  settings: {
    epochs: 10,
    strongest: 1, // for standardised features; the tenth try has 260,000 times less
    fall: 4,
    patience: 3,
    steps: 60,
    tolerance: 1e-4,
    fewestToChooseBy: 100,
    parts: 5,
    mirrored: true,
    classBalance: 0.9999, // each class counts nearly the same (docs/decisions/0026-cross-validated-heads.md)
  },
}
