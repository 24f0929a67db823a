/** Which engine a training process should try first, by what its recipe computes. It opens no engine. */
import type { RecipePlan } from '#lib/contracts/recipe-settings.ts'
import type { EnginePurpose } from '../ports.ts'

/** A last layer needs features alone: for these ONNX Runtime is faster than TensorFlow everywhere, in a third of
 *  its memory (docs/performance.md). */
export const purposeOf = ({ kind }: Pick<RecipePlan, 'kind'>): EnginePurpose =>
  kind === 'head' ? 'inference' : 'training'
