/** What more images of a classifier would bring: curves of the accuracy, of all classes and of each. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { chosenClassifier, classifierId, interval, probability, time } from './fields.ts'

const curve = z.object({
  images: z.number().int().describe('number of images of the classifier'),
  measured: z
    .array(z.object({ images: z.number(), accuracy: probability, tests: z.number() }))
    .describe('of last layers that were trained on 10, 20, 40 and 80 % of the images, on the other images'),
  power_law: z
    .object({ scale: z.number(), exponent: z.number() })
    .describe('the share of errors is scale × images^−exponent'),
  forecast: z.array(interval.extend({ images: z.number().int() })),
  now: interval,
  more: z.number().int().describe('number of images to add'),
  then: interval.describe(
    'expected accuracy with that many more images, if the other classes grow in proportion',
  ),
  verdict: z
    .enum(['helps', 'no_help', 'unclear'])
    .describe('helps: a point or more, and certainly a gain; no_help: certainly less than a point'),
})
export type CurveAnswer = z.output<typeof curve>

/** As stored; a class has the name that it had then. */
export const learningCurves = z.object({
  all: curve,
  per_class: z
    .array(z.object({ class: z.string(), curve: curve.nullable().describe('null: too few images') }))
    .describe('its accuracy is the share of its images that are predicted correctly'),
})
export type LearningCurvesAnswer = z.output<typeof learningCurves>

export const getLearningCurve = contract({
  method: 'GET',
  path: '/api/data/learning-curve',
  scope: 'view',
  summary: 'Get the accuracy to expect with more images of each class',
  input: z.object({ ...chosenClassifier }),
  output: z.object({
    classifier: classifierId,
    computed_at: time.nullable().describe('null: not computed; it is part of the check of the images'),
    is_computing: z.boolean().describe('the images are being checked, which may replace the curves'),
    curves: learningCurves.nullable().describe('null: too few images, or no version has features of them'),
  }),
  errors: ['not_found'],
})
