/** The loss that a step minimises: cross-entropy over the classes, and squared error for outputs that are not
 *  classes. Written in kernels, so that every executor has it. */
import type { Kernels } from '../network/kernels.ts'

/** Outputs from `from` on are fitted to numbers instead of being classes (a teacher's features: Romero et al.
 *  2015, arXiv:1412.6550).
 *  `weight` is the weight of their mean square relative to the cross-entropy of the classes before them. */
export type RegressionTarget = { readonly from: number; readonly weight: number }

const FAR_BELOW = -1e4 // a logit without effect on a softmax, whose logarithm times zero is still zero

export function lossOf<V>(
  k: Kernels<V>,
  batch: { logits: V; targets: V; fitted?: RegressionTarget | undefined; outputs: number; images: number },
): { loss: V; right: V; gradient: V } {
  const { logits, targets, fitted, outputs, images } = batch
  if (!fitted) return k.crossEntropy(logits, targets)
  const row = (classes: number, rest: number): V =>
    k.constant(
      Float32Array.from({ length: outputs }, (_, i) => (i < fitted.from ? classes : rest)),
      [1, outputs],
    )
  const [isClass, isFitted] = [row(1, 0), row(0, 1)]
  const classes = k.crossEntropy(
    k.add(k.multiply(logits, isClass), row(0, FAR_BELOW)),
    k.multiply(targets, isClass),
  )
  const missing = k.multiply(k.subtract(logits, targets), isFitted)
  const share = fitted.weight / (images * (outputs - fitted.from))
  return {
    loss: k.add(classes.loss, k.scale(k.total(k.multiply(missing, missing)), share)),
    right: classes.right,
    gradient: k.add(k.multiply(classes.gradient, isClass), k.scale(missing, 2 * share)),
  }
}
