/** Which samples: the filters that a list of samples and a change of all that match share. */
import { z } from 'zod'
import { SOURCES } from '#lib/domain/classifier.ts'
import { FINDING_KINDS } from '#lib/domain/findings/finding.ts'
import { className, flag, id } from './fields.ts'

const LONGEST_SEARCH = 255

/** Of the map of images: left, top, right and bottom, from 0 to 1. */
export const parseArea = (text: string): readonly [number, number, number, number] | null => {
  const [left, top, right, bottom, ...more] = text
    .split(',')
    .map((part) => (part.trim() === '' ? NaN : Number(part)))
  const isValid = [left, top, right, bottom].every((one) => one !== undefined && one >= 0 && one <= 1)
  return isValid && more.length === 0 && left! <= right! && top! <= bottom!
    ? [left!, top!, right!, bottom!]
    : null
}

export const sampleFilters = {
  sample: id.optional().describe('only this one'),
  label: className.optional(),
  split: z.enum(['train', 'validation', 'test']).optional(),
  source: z.enum(SOURCES).optional(),
  upload: id.optional(),
  state: z
    .enum(['active', 'excluded', 'unlabelled', 'trashed'])
    .optional()
    .describe('without it, all that are not in the trash'),
  filename: z
    .string()
    .min(1)
    .max(LONGEST_SEARCH)
    .optional()
    .describe('part of the file name, case-insensitive'),
  predicted: className
    .optional()
    .describe('what the live version predicted with layers that were not trained on the image, where stored'),
  differs: flag.optional().describe('whether that prediction differs from the label'),
  certainty_below: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('confidence of that prediction, 0 to 1'),
  finding: z
    .enum(FINDING_KINDS)
    .optional()
    .describe('only images that the most recent report lists under this kind'),
  area: z
    .string()
    .max(80)
    .refine((text) => parseArea(text) !== null, 'must be left,top,right,bottom, each from 0 to 1')
    .optional()
    .describe('only images in this rectangle of the map (GET /api/data/map): left,top,right,bottom, 0 to 1'),
}
export type SampleFilters = z.output<z.ZodObject<typeof sampleFilters>>

export const SAMPLE_SORTS = ['newest', 'oldest', 'name', 'least_certain'] as const
export type SampleSort = (typeof SAMPLE_SORTS)[number]
