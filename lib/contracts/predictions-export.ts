/** The history as a file, with the filters of the list. */
import { z } from 'zod'
import { contract, type FileAnswer } from './contract.ts'
import { listPredictions } from './predictions.ts'

export const exportPredictions = contract({
  method: 'GET',
  path: '/api/predictions/export',
  scope: 'view',
  summary: 'Export the saved predictions as a CSV or JSONL file, newest first, without a limit',
  answer: 'file',
  input: listPredictions.input
    .omit({ cursor: true, limit: true, sort: true })
    .extend({ format: z.enum(['csv', 'jsonl']).default('csv') }),
  output: z.custom<FileAnswer>(),
  errors: ['not_found'],
})
