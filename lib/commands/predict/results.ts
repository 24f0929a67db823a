/** Writes predictions as text, CSV or JSON lines, to a file or to the terminal. */
import { open, type FileHandle } from 'node:fs/promises'
import type { PredictionAnswer } from '#lib/contracts/predict.ts'
import { csvLine } from '#lib/domain/text/csv.ts'
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'

export const RESULT_FORMATS = ['text', 'csv', 'json'] as const
export type ResultFormat = (typeof RESULT_FORMATS)[number]

export type Results = AsyncDisposable & {
  readonly write: (file: string, answer: PredictionAnswer | Error) => Promise<void>
}

const COLUMNS = [
  'filename',
  'classifier',
  'model_version',
  'predicted_class',
  'confidence',
  'decision',
  'candidates',
  'top_k',
  'width',
  'height',
  'error',
] as const

/** @param out a file, which is replaced; absent: standard output. */
export async function openResults(format: ResultFormat, out: string | undefined): Promise<Results> {
  const file = out === undefined ? null : await opened(out)
  const print = async (text: string): Promise<void> => {
    if (file) await file.appendFile(text)
    else process.stdout.write(text)
  }
  if (format === 'csv') await print(csvLine(COLUMNS))
  return {
    async write(name, answer) {
      await print(lineOf(format, name, answer))
    },
    async [Symbol.asyncDispose]() {
      await file?.close()
    },
  }
}

async function opened(out: string): Promise<FileHandle> {
  try {
    return await open(out, 'w')
  } catch (cause) {
    throw new DarkroomError(
      'invalid_input',
      {
        what: `The results cannot be written to ${out}`,
        why: cause instanceof Error ? cause.message : String(cause),
        remedy: 'Choose another file, in a folder that exists.',
      },
      { cause },
    )
  }
}

export function lineOf(format: ResultFormat, filename: string, answer: PredictionAnswer | Error): string {
  switch (format) {
    case 'csv':
      return csvLine(cellsOf(filename, answer))
    case 'json':
      return `${JSON.stringify(answer instanceof Error ? failureOf(filename, answer) : { ...answer, filename })}\n`
    case 'text':
      return `${filename}: ${answer instanceof Error ? answer.message : sentenceOf(answer)}\n`
  }
}

function cellsOf(filename: string, answer: PredictionAnswer | Error): (string | number | null)[] {
  if (answer instanceof Error)
    return COLUMNS.map((column) => {
      if (column === 'filename') return filename
      return column === 'error' ? answer.message : null
    })
  const { candidates, top_k: top } = answer
  return [
    filename,
    answer.classifier,
    answer.model_version,
    answer.predicted_class,
    answer.confidence,
    answer.decision,
    candidates && JSON.stringify(candidates),
    JSON.stringify(Object.fromEntries(top.map((one) => [one.class, one.probability]))),
    answer.width,
    answer.height,
    null,
  ]
}

const failureOf = (filename: string, error: Error) => ({
  success: false,
  filename,
  code: isDarkroomError(error) ? error.code : 'internal',
  error: error.message,
})

function sentenceOf({
  predicted_class,
  confidence,
  top_k,
  decision,
  image_problem,
  candidates,
  classifier,
  model_version,
  engine,
}: PredictionAnswer): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
  const others = top_k
    .slice(1)
    .map((one) => `${one.class} ${percent(one.probability)}`)
    .join(', ')
  return (
    `${predicted_class} ${percent(confidence)}${doubtIn({ decision, candidates, image_problem })}` +
    `${others && ` (then ${others})`} · ${classifier} ${model_version}, ${engine}`
  )
}

/** Printed after the class when the prediction is not confident. */
function doubtIn({
  decision,
  candidates,
  image_problem,
}: Pick<PredictionAnswer, 'decision' | 'candidates' | 'image_problem'>): string {
  if (image_problem === 'blank') return ', the image is blank'
  if (image_problem === 'several_digits') return ', the image shows several digits'
  if (decision === 'unfamiliar') return ', unfamiliar image'
  if (decision !== 'uncertain') return ''
  return candidates && candidates.length > 1 ? `, uncertain: one of ${candidates.join(', ')}` : ', uncertain'
}
