/** Learning from a version that knows the task but sees pictures in another size: its answers to the training
 *  pictures, each seen once as it sees them, become part of their targets. One that sees them as the student
 *  does stands beside it (live-teachers.ts); going on from a version without its pictures is teacher.ts. */
import { softmax } from '#lib/domain/calibration.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readBundle, type Bundle } from '#lib/ml/formats/bundle.ts'
import { answerOf, logitsOf } from '#lib/ml/evaluate/evaluate.ts'
import type { Distilling } from '#lib/ml/recipes/recipe.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { TrainingEngine } from '../ports.ts'

const KEY = 'distilling'
const BATCH = 64

export type DistilPorts = {
  readonly engine: Pick<TrainingEngine, 'load' | 'unload' | 'run'>
  /** The same training pictures as squares of the teacher's own size. */
  readonly seenBy: (spec: Awaited<ReturnType<typeof readBundle>>['preprocess']) => Promise<SampleSet>
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** @param classes the student's, in the order of its outputs; the teacher must know them all. */
export async function distilled(
  set: SampleSet,
  { teacher, classes, how }: { teacher: string; classes: readonly string[]; how: Distilling },
  ports: DistilPorts,
): Promise<SampleSet> {
  const bundle = await readBundle(teacher)
  const places = placesOf(classes, bundle)
  const seen = await ports.seenBy(bundle.preprocess)
  const rows = new Map(seen.hashes.map((hash, row) => [hash, row]))
  await ports.engine.load(KEY, bundle)
  try {
    const predict = async (pixels: Float32Array, count: number) =>
      (await ports.engine.run(KEY, pixels, count)).logits
    const answers = await logitsOf(predict, seen, {
      spec: bundle.preprocess,
      classes: bundle.classes.length,
      batch: BATCH,
      signal: ports.signal,
    })
    const targets = new Float32Array(set.count * classes.length)
    let agreed = 0
    for (let i = 0; i < set.count; i++) {
      const row = rows.get(set.hashes[i]!)
      if (row === undefined) throw new Error(`the teacher has no output for the image ${set.hashes[i]}`)
      const logits = answers.values.subarray(row * answers.classes, (row + 1) * answers.classes)
      const told = softmax(places.map((place) => logits[place]! / how.temperature))
      told.forEach((p, k) => {
        targets[i * classes.length + k] = how.share * p
      })
      targets[i * classes.length + set.labels[i]!]! += 1 - how.share
      if (places[set.labels[i]!] === answerOf(answers, row)) agreed += 1
    }
    ports.say(
      `${bundle.card.classifier} ${bundle.card.version} is the teacher: it agrees with ` +
        `${((100 * agreed) / Math.max(1, set.count)).toFixed(1)} % of the labels.`,
    )
    return { ...set, targets }
  } finally {
    await ports.engine.unload(KEY)
  }
}

/** Where the teacher has the student's classes among its outputs. */
export function placesOf(
  classes: readonly string[],
  teacher: Pick<Bundle, 'classes' | 'card'>,
): readonly number[] {
  const places = classes.map((name) => teacher.classes.indexOf(name))
  const unknown = classes.filter((_, k) => places[k] === -1)
  if (unknown.length > 0)
    throw new DarkroomError('invalid_input', {
      what: 'The teacher cannot be used',
      why: `${teacher.card.classifier} ${teacher.card.version} does not know ${unknown
        .slice(0, 3)
        .map((name) => `"${name}"`)
        .join(', ')}`,
      remedy: 'Set a version with the same classes.',
    })
  return places
}
