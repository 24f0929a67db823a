/** The parts of a training run whose durations are measured, in order, and the line of its log that lists them.
 *  Stages (run-stages.ts) are what a page shows; these are finer, and include the time outside the training process. */

export const RUN_PARTS = [
  'waiting',
  'starting',
  'choosing',
  'reading',
  'decoding',
  'features',
  'near-copies',
  'folds',
  'head',
  'evaluation',
  'familiarity',
  'robustness',
  'int8',
  'sealing',
  'verifying',
  'comparing',
] as const
export type RunPart = (typeof RUN_PARTS)[number]

/** In words: what the program does in this time. */
export const PART_TITLES: Readonly<Record<RunPart, string>> = {
  waiting: 'waiting in the queue',
  starting: 'starting the process',
  choosing: 'choosing the pretrained network',
  reading: 'reading files',
  decoding: 'decoding images',
  features: 'computing features',
  'near-copies': 'finding near-copies',
  folds: 'cross-validation with the last layer',
  head: 'training the last layer',
  evaluation: 'evaluating',
  familiarity: 'of which familiarity',
  robustness: 'of which robustness',
  int8: 'of which int8',
  sealing: 'saving',
  verifying: 'verifying the version',
  comparing: 'comparing versions',
}

export type PartSeconds = Partial<Record<RunPart, number>>

const PREFIX = 'Seconds: '

/** The line of the log; parts that the run did not have are left out. */
export const partsLine = (seconds: PartSeconds): string =>
  PREFIX +
  RUN_PARTS.flatMap((part) => {
    const value = seconds[part]
    return value === undefined ? [] : [`${PART_TITLES[part]} ${value.toFixed(2)}`]
  }).join(', ')

/** What `partsLine` wrote; null for any other line. */
export function readPartsLine(line: string): PartSeconds | null {
  if (!line.startsWith(PREFIX)) return null
  const entries = line.slice(PREFIX.length).split(', ')
  return Object.fromEntries(
    RUN_PARTS.flatMap((part) => {
      const entry = entries.find((one) => one.startsWith(`${PART_TITLES[part]} `))
      return entry === undefined ? [] : [[part, Number(entry.slice(PART_TITLES[part].length + 1))]]
    }),
  )
}
