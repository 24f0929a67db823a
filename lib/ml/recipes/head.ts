/** head: only the last layer is learnt, on features that a network already gives. Seconds, and best where
 *  there are few pictures. Source: Kornblith et al. 2019 (arXiv:1805.08974), L-BFGS with the pull chosen by
 *  held-out pictures; Li et al. 2018 (arXiv:1802.01483) for pulling to the known head. Result:
 *  docs/decisions/0015-default-recipe.md, and the card of every version it made. */
import type { HeadSettings } from '../learn/head.ts'

export const head: { readonly name: 'head' } & HeadSettings = {
  name: 'head',
  epochs: 10,
  strongest: 1, // at standardised features; the tenth try is held 260,000 times more weakly
  fall: 4,
  patience: 3,
  steps: 60,
  tolerance: 1e-4,
  fewestToChooseBy: 100,
  parts: 5,
  mirrored: true,
  classBalance: 0.99,
}
