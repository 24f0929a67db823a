/** A phone joins by a link that expires: it adds images to one classifier, and predicts with it, without an account.
 *  The token of a link is returned once, when it is created; the phone sends it as an API key. */
import { z } from 'zod'
import { contract, type Part } from './contract.ts'
import { chosenClassifier, classifierId, className, id, time } from './fields.ts'

const DEFAULT_LINK_MINUTES = 30
/** A day: longer use is what accounts and keys are for. */
const MOST_LINK_MINUTES = 24 * 60

export const phoneLink = z.object({
  id,
  classifier: classifierId,
  label: z.string().nullable().describe('the class of all its images; null: the phone names it'),
  may_predict: z.boolean(),
  state: z.enum(['active', 'ended', 'expired']),
  created_by: z.string(),
  created_at: time,
  expires_at: time,
  images: z.number().int().describe('images sent so far; at most 1,000'),
  latest: z
    .array(z.object({ id, label: z.string().nullable(), image_url: z.string() }))
    .describe('of the 12 newest images that the phones of this classifier added, those of this link'),
})
export type PhoneLinkAnswer = z.output<typeof phoneLink>

export const listPhoneLinks = contract({
  method: 'GET',
  path: '/api/phone-links',
  scope: 'edit',
  summary: 'List the phone links of a classifier with the images that they added, newest first',
  input: z.object({ ...chosenClassifier }),
  output: z.object({ links: z.array(phoneLink) }),
  errors: ['not_found'],
})

export const createPhoneLink = contract({
  method: 'POST',
  path: '/api/phone-links',
  scope: 'edit',
  summary: 'Create a link for a phone, which may then add images to this classifier until the link ends',
  body: 'json',
  status: 201,
  input: z.object({
    classifier: classifierId,
    label: className.optional().describe('restricts the link to images of this class, which may be new'),
    minutes: z.number().min(0.05).max(MOST_LINK_MINUTES).default(DEFAULT_LINK_MINUTES),
    may_predict: z.boolean().default(true).describe('whether the phone may predict with this classifier'),
  }),
  output: phoneLink.extend({
    token: z.string().describe('shown only in this response; the page of the phone is /phone/<token>'),
  }),
  errors: ['invalid_input', 'not_found'],
})

export const endPhoneLink = contract({
  method: 'DELETE',
  path: '/api/phone-links/{id}',
  scope: 'edit',
  summary: 'End a phone link; its images stay',
  input: z.object({ id }),
  output: z.object({ id, deleted: z.literal(true) }),
  errors: ['not_found'],
})

export const phoneSession = contract({
  method: 'GET',
  path: '/api/phone',
  scope: 'phone',
  summary: 'Get what a phone link allows, and until when',
  input: z.object({}),
  output: z.object({
    classifier: classifierId,
    title: z.string(),
    classes: z.array(z.string()),
    label: z.string().nullable(),
    may_predict: z.boolean().describe('false also while the classifier has no version'),
    expires_at: time,
    images_left: z.number().int(),
  }),
})
export type PhoneSession = z.output<typeof phoneSession.output>

export const addPhoneImages = contract({
  method: 'POST',
  path: '/api/phone/images',
  scope: 'phone',
  limited: 'upload',
  summary: 'Add images by a phone link: `files`, at most 60, of one `label`; no archives and no tables',
  body: 'parts',
  formFields: ['label', 'one_group'],
  input: z.object({ parts: z.custom<AsyncIterable<Part>>() }),
  output: z.object({
    success: z.literal(true),
    message: z.string().describe('"Uploaded 10 images successfully"'),
    count: z.number().int().describe('samples added'),
    problems: z.array(z.string()).describe('why images were not added, at most 10'),
  }),
  errors: [
    'malformed',
    'missing_file',
    'too_large',
    'labels_do_not_match',
    'not_an_image',
    'invalid_input',
    'conflict',
    'disk_full',
  ],
})
