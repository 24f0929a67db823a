/** Learning something new without the old pictures: the base version answers in their place (Li and Hoiem
 *  2016, "Learning without forgetting", arXiv:1606.09282). Where the old pictures are on this machine nothing
 *  of this is used. */
import { softmax } from '#lib/domain/calibration.ts'
import type { Picture } from '#lib/domain/image.ts'
import { drawShape, SHAPES } from '#lib/domain/shapes.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { answerOf, logitsOf } from '#lib/ml/evaluate/evaluate.ts'
import { preprocess } from '#lib/ml/preprocess/preprocess.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { TrainingEngine } from '../ports.ts'
import type { RunPlan } from '../plan.ts'

const KEY = 'teacher'
const BATCH = 64

export async function taught(
  set: SampleSet,
  { plan, engine, signal }: { plan: RunPlan; engine: TrainingEngine; signal: AbortSignal },
): Promise<SampleSet> {
  if (!plan.teacher || !plan.base) return set
  const { network, weights } = await readBundle(plan.base.folder)
  const shown = withRehearsal(set, plan)
  await engine.load(KEY, { network, weights })
  try {
    const predict = async (pixels: Float32Array, count: number) =>
      (await engine.run(KEY, pixels, count)).logits
    const logits = await logitsOf(predict, shown, {
      spec: plan.spec,
      classes: network.classes,
      batch: BATCH,
      signal,
    })
    const classes = plan.classes.length
    const targets = new Float32Array(shown.count * classes)
    const labels = shown.labels.slice()
    for (let i = 0; i < shown.count; i++) {
      const isRehearsed = i >= set.count
      const share = isRehearsed ? 1 : plan.teacher.share
      const answer = softmax(logits.values.subarray(i * network.classes, (i + 1) * network.classes))
      answer.forEach((p, k) => {
        targets[i * classes + k] = share * p
      })
      if (isRehearsed) labels[i] = answerOf(logits, i)
      else targets[i * classes + labels[i]!]! += 1 - share
    }
    return { ...shown, labels, targets }
  } finally {
    await engine.unload(KEY)
  }
}

/** Pictures made by code after the real ones: what the base says to them is to stay as it is. */
function withRehearsal(set: SampleSet, plan: RunPlan): SampleSet {
  const count = plan.teacher!.rehearsal
  const squares = Array.from({ length: count }, (_, i) => preprocess(rehearsalPicture(i), plan.spec))
  return {
    count: set.count + count,
    hashes: [...set.hashes, ...squares.map((_, i) => i.toString(16).padStart(64, '0'))],
    labels: Int32Array.from({ length: set.count + count }, (_, i) => set.labels[i] ?? 0),
    targets: null,
    read(index, out, offset) {
      if (index < set.count) set.read(index, out, offset)
      else out.set(squares[index - set.count]!, offset)
    },
  }
}

const rehearsalPicture = (i: number): Picture => drawShape(SHAPES[i % SHAPES.length]!, 9_000_000 + i)
