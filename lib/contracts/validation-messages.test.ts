import { expect, test } from 'vitest'
import { z } from 'zod'
import { contracts } from './index.ts'
import type { Contract } from './contract.ts'
import { fieldErrorsOf, joinErrors, zodErrorMap } from './validation-messages.ts'
import { parseSettings, settings } from './settings.ts'

/** The wording of validators, and how the sentences of zod's own locale start. */
const OF_A_VALIDATOR = new RegExp(
  [
    /invalid \w|expected|received|too (small|big)|unrecogni[sz]ed|discriminator|pattern|regex|zod/,
    /\bNaN\b|\barray\b|\bUUID\b|option|undefined/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
)
/** Values that no field accepts, or not all do. */
const ABSURD: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  'abc',
  'Ä',
  'x'.repeat(20_000),
  '\u0000',
  -1,
  0,
  0.5,
  1e99,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  [],
  {},
  [1],
  ['', null],
  Array.from({ length: 2_000 }, () => 'x'),
  { a: 1 },
]

const lines = (schema: z.ZodType, value: unknown): readonly string[] =>
  fieldErrorsOf(schema.safeParse(value, zodErrorMap).error ?? { issues: [] }).map(({ message }) => message)
const fieldsOf = (schema: z.ZodType): [string, z.ZodType][] =>
  schema instanceof z.ZodObject ? Object.entries(schema.shape as Record<string, z.ZodType>) : []

test.each(
  (contracts as readonly Contract[])
    .filter((one) => fieldsOf(one.input).length > 0)
    .map((one) => [`${one.method} ${one.path}`, one] as const),
)('%s refuses any value with our own sentences', (_route, contract) => {
  const messages = fieldsOf(contract.input).flatMap(([, field]) =>
    ABSURD.flatMap((value) => lines(field, value)),
  )

  for (const message of messages) {
    expect(message).not.toMatch(OF_A_VALIDATOR)
    expect(message).toMatch(/^(is|must) /)
  }
})

test('every route that sets a password refuses a shorter one with the same sentence', () => {
  const refusals = (contracts as readonly Contract[]).flatMap(({ method, path, input }) =>
    fieldsOf(input)
      .filter(([name]) => name === 'password' || name === 'new_password')
      .map(([, field]) => [`${method} ${path}`, lines(field, 'x'.repeat(9)), lines(field, 'x'.repeat(10))]),
  )

  const sentence = 'must have at least 10 characters'
  expect(refusals.toSorted()).toEqual([
    ['PATCH /api/users/{id}', [sentence], []],
    ['POST /api/account/password', [sentence], []],
    ['POST /api/reset', [sentence], []],
    ['POST /api/setup', [sentence], []],
    ['POST /api/users', [sentence], []],
  ])
})

test('an error in the settings names the setting, its value, and the allowed values', () => {
  const absurd = Object.fromEntries(Object.keys(settings.shape).map((name) => [name, '§']))
  const read = parseSettings({ ...absurd, HOST: '', DATA_DIR: '', CORS_ORIGINS: 'nowhere' })

  if (read.ok) throw new Error('all of this was taken')
  expect(read.mistakes).toContain('PORT=§: must be a number.')
  expect(read.mistakes).toContain('AUTO_PROMOTE=§: must be "off", "better" or "not_worse".')
  expect(read.mistakes).toContain('TRAIN_MEMORY_MB=§: must be "auto" or a number.')
  for (const mistake of read.mistakes) expect(mistake).not.toMatch(OF_A_VALIDATOR)
})

test.each<[string, z.ZodType, unknown, string]>([
  ['a missing field', z.string(), undefined, 'is missing'],
  ['a text for a number', z.number(), 'many', 'must be a number'],
  ['half an epoch', z.number().int(), 1.5, 'must be a whole number'],
  ['too little', z.number().min(1), 0, 'must be at least 1'],
  ['too much', z.number().max(1_000_000), 1e9, 'must be at most 1,000,000'],
  ['an empty text', z.string().min(1), '', 'must not be empty'],
  ['a long text', z.string().max(1_000), 'x'.repeat(1_001), 'must have at most 1,000 characters'],
  ['an empty list', z.array(z.string()).min(1), [], 'must not be empty'],
  ['no id', z.uuid(), '7', 'must be an id, such as 0193b3f0-0000-7000-8000-000000000001'],
  ['no email', z.email(), 'ada', 'must be an email address'],
  ['a choice of three', z.enum(['a', 'b', 'c']), 'd', 'must be "a", "b" or "c"'],
  ['one of some numbers', z.union([z.literal(28), z.literal(32)]), 30, 'must be 28 or 32'],
  ['neither yes nor no', z.stringbool(), 'maybe', 'must be true or false'],
])('%s', (_story, schema, value, words) => expect(lines(schema, value)).toEqual([words]))

test('several errors are one sentence, each with its field', () => {
  expect(
    joinErrors([
      { path: 'epochs', message: 'must be a number' },
      { path: '', message: 'must be an object' },
    ]),
  ).toBe('"epochs" must be a number; must be an object')
})

test("zod's own sentences would be detected", () => {
  for (const [schema, value] of [
    [z.number().min(1), 0],
    [z.uuid(), 'x'],
    [z.enum(['a']), 'b'],
    [z.string(), 1],
    [z.union([z.literal(1), z.literal(2)]), 3],
  ] as const) {
    expect(schema.safeParse(value).error?.issues[0]?.message).toMatch(OF_A_VALIDATOR)
  }
})
