import { expect, test } from 'vitest'
import { withTables } from './architecture.ts'
import { withoutProgram } from './commands.ts'
import { pastIn, withoutHeader } from './comments.ts'
import { hiddenIn } from './hidden-inputs.ts'
import { check, eachFile } from './rule.ts'
import { RULES } from './rules.ts'
import { tooWide } from './line-length.ts'
import { loosePins, missingParts } from './lockfile.ts'
import { mocksIn } from './mocks.ts'
import { drawersIn, participlesIn, typesOnce } from './names.ts'
import { locatorsIn } from './page-objects.ts'
import { columnsOfSchema } from './prisma-schema.ts'
import { disagreements } from './routes.ts'
import { columnsOfMigrations, differences } from './schema.ts'
import { unexplained } from './settings.ts'
import { tooLong } from './sizes.ts'

const lines = (count: number) => 'const x = 1\n'.repeat(count)

test.each([
  'lib/data/utils.ts',
  'lib/utils/dates.ts',
  'lib/http/helpers.test.ts',
  'app/_components/common/button.tsx',
  'lib/serving/new-pool.ts',
  'lib/data/rows2.ts',
  'lib/http/Serve.ts',
])('a vague or temporal name is caught: %s', (file) => expect(drawersIn(file)).toHaveLength(1))

test.each([
  'lib/http/legacy.ts',
  'lib/data/predictions/predictions.ts',
  'app/api/predictions/[id]/feedback/route.ts',
  'app/api/auth/[...nextauth]/route.ts',
  'lib/ml/onnx/writer.ts',
  'next.config.mjs',
])('a name is allowed: %s', (file) => expect(drawersIn(file)).toEqual([]))

test('two exported types of one name are caught', () => {
  const twice = [
    { file: 'lib/data/a.ts', text: 'export type Run = { id: string }' },
    { file: 'lib/http/b.ts', text: 'export interface Run { id: string }' },
  ]

  expect(typesOnce.judge(twice).broken).toEqual([
    'lib/data/a.ts:1: the type Run is exported again at lib/http/b.ts:1. Import one of them, or rename ' +
      'the other.',
  ])
})

test('a type named by a participle or a preposition is caught, a noun is not', () => {
  const bad = [
    'export type Asked = string',
    'interface At { row: number }',
    'class Laying {}',
    'type BatchAsking<T> = T',
  ]
  const good = [
    'export type Setting = string',
    'type PredictionRequest = {',
    'class Finding {}',
    '// type Seen',
  ]

  expect(bad.flatMap((line) => participlesIn('lib/domain/a.ts', line))).toHaveLength(bad.length)
  expect(good.flatMap((line) => participlesIn('lib/domain/a.ts', line))).toEqual([])
})

test.each([
  `await page.getByRole('button').click()`,
  `page.locator('.badge')`,
  `row.getByLabel('Name')`,
  `page
  .getByText('v1')`,
])('an e2e test that locates something itself is caught: %s', (text) =>
  expect(locatorsIn({ file: 'e2e/a.spec.ts', text })).toHaveLength(1),
)

test('an e2e test that uses a page object locates nothing itself', () =>
  expect(
    locatorsIn({ file: 'e2e/a.spec.ts', text: `await pagesOf(page, app).login.open()\nrows.nth(1)` }),
  ).toEqual([]))

test('a long file is caught, and accepted with a reason in its header', () => {
  expect(tooLong({ file: 'lib/ml/a.ts', text: lines(301) })).toHaveLength(1)
  expect(tooLong({ file: 'lib/ml/a.ts', text: lines(300) })).toEqual([])
  expect(tooLong({ file: 'lib/ui/a.tsx', text: lines(201) })).toHaveLength(1)
  expect(
    tooLong({
      file: 'lib/ml/a.ts',
      text: `/** The table. Longer than 300 lines because it is one table. */\n${lines(400)}`,
    }),
  ).toEqual([])
})

test.each([
  ['lib/domain/evaluation/gate.ts', 'export const at = () => Date.now()'],
  ['lib/serving/batcher.ts', 'setTimeout(flush, 5)'],
  ['lib/ml/learn/augment.ts', 'const flip = Math.random() < 0.5'],
  ['lib/jobs/claim.ts', 'const now = new Date()'],
  ['lib/data/rows.ts', 'const folder = process.env.DATA_DIR'],
  ['lib/http/serve.ts', `const { PORT } = process.env`],
  ['lib/engines/open-engine.ts', `process.env['THREADS'] = '1'`],
])('hidden in %s: %s', (file, text) => expect(hiddenIn({ file, text })).toHaveLength(1))

test.each([
  ['lib/domain/evaluation/gate.ts', 'export const day = (at: number) => new Date(at)'],
  ['lib/domain/evaluation/gate.test.ts', 'const now = Date.now()'],
  ['lib/processes/web.ts', 'const { PORT } = process.env'],
  ['lib/domain/evaluation/gate.ts', '// Date.now() would hide the time\nexport const text = "Math.random()"'],
])('not hidden in %s: %s', (file, text) => expect(hiddenIn({ file, text })).toEqual([]))

test('a replaced module is caught, a passed fake is not', () => {
  expect(mocksIn({ file: 'lib/data/a.test.ts', text: `vi.mock('./rows.ts')` })).toHaveLength(1)
  expect(mocksIn({ file: 'lib/data/a.test.ts', text: `vi.stubGlobal('fetch', f)` })).toHaveLength(1)
  expect(mocksIn({ file: 'lib/data/a.test.ts', text: `const clock = fakeClock()` })).toEqual([])
})

test.each([
  '// previously in rows.ts',
  '/** No longer needed by the pool. */',
  'const a = 1 // TODO tidy',
  '/* backwards-compatible */',
])('a comment that is not about the present is caught: %s', (text) =>
  expect(pastIn({ file: 'lib/data/a.ts', text: `${text}\n` })).toHaveLength(1),
)

test.each([
  '// TODO #12 read the other half',
  'export const text = "no longer"',
  '// what was there before the step',
])('a comment about the present is allowed: %s', (text) =>
  expect(pastIn({ file: 'lib/data/a.ts', text: `${text}\n` })).toEqual([]),
)

test('a file without a header is caught', () => {
  expect(withoutHeader({ file: 'lib/data/a.ts', text: `import x from 'y'\n` })).toHaveLength(1)
  expect(withoutHeader({ file: 'lib/ui/a.tsx', text: `'use client'\n/** A button. */\n` })).toEqual([])
})

test('a contract without a route and a route without a contract are caught', () => {
  const routes = [
    { file: 'app/api/predictions/[id]/route.ts', text: 'export const GET = serve(a)' },
    { file: 'app/api/auth/[...nextauth]/route.ts', text: 'export { handler as GET, handler as POST }' },
    { file: 'app/api/secret/route.ts', text: 'export async function POST() {}' },
  ]

  expect(disagreements(['GET /api/predictions/{id}', 'DELETE /api/predictions/{id}'], routes)).toEqual([
    'app/api/predictions/[id]/route.ts: the contract DELETE /api/predictions/{id} has no route.',
    'app/api/secret/route.ts: the route POST /api/secret has no contract.',
  ])
})

test('a setting that is not explained or not read is caught', () => {
  const reader = [{ file: 'lib/processes/web.ts', text: 'listen(settings.PORT)' }]

  expect(unexplained(['PORT', 'HOST'], '`PORT` is the port', reader)).toEqual([
    'README.md: the setting HOST is not explained.',
    'lib/contracts/settings.ts: nothing reads the setting HOST.',
  ])
})

test('a schema that differs from the migrations is caught, column by column', () => {
  const schema = `
    model Sample {
      id    String  @id
      label String? // may wait for a person
      width Int
      run   Run     @relation(fields: [runId], references: [id])
      runId String  @map("run_id")
      @@map("samples")
    }
    model Run {
      id      String   @id
      samples Sample[]
      @@map("runs")
    }`
  const migrations = [
    'CREATE TABLE runs (id TEXT PRIMARY KEY NOT NULL)',
    'CREATE TABLE samples (id TEXT PRIMARY KEY, label TEXT NOT NULL, run_id TEXT NOT NULL, note TEXT)',
  ]

  expect(differences(columnsOfSchema(schema), columnsOfMigrations(migrations))).toEqual([
    'prisma/migrations: samples.width is in the schema, but no migration creates it.',
    'prisma/schema.prisma: samples.note is created by a migration, but is not in the schema.',
    'prisma/schema.prisma: samples.label is "optional" in the schema and "required" after the migrations.',
  ])
})

test('a document with an outdated table is caught', () => {
  expect(() => withTables('# Architecture')).toThrow('does not have the markers')
})

test('a command that has no program, is unknown to the bootstrap or bypasses it is caught', () => {
  const bootstrap =
    "const COMMANDS = {\n  start: {\n    runs: 'lib/a.ts', pages: true,\n  },\n  'db:diff': { runs: " +
    "'lib/b.ts' },\n}"
  const through = (name: string) => `node lib/setup/bootstrap.mjs ${name}`

  const broken = withoutProgram(
    { start: through('start'), 'db:diff': through('db:diff'), fly: through('fly'), lint: 'eslint .' },
    bootstrap,
    (file) => file === 'lib/a.ts',
  )

  expect(broken.map((sentence) => sentence.split(':')[0])).toEqual([
    'lib/b.ts',
    'lib/setup/bootstrap.mjs',
    'package.json',
  ])
})

test('a lock file that lacks the package of another platform, or differs from a pin, is caught', () => {
  const parser = {
    version: '0.156.0',
    optionalDependencies: { '@parser/linux': '0.156.0', '@parser/mac': '0.156.0' },
  }
  const lock = {
    packages: {
      '': { dependencies: { parser: '0.155.0' } },
      'node_modules/parser': parser,
      'node_modules/@parser/linux': { version: '0.156.0' },
    },
  }

  expect(missingParts(lock)).toEqual([
    expect.stringContaining('node_modules/parser 0.156.0 does not have @parser/mac.'),
  ])
  expect(loosePins({ dependencies: { parser: '0.156.0', zod: '^4.0.0' } }, lock)).toHaveLength(2)
})

test('a package that is locked in an inner or outer folder is not missing', () => {
  const parts = { optionalDependencies: { inner: '1.0.0', outer: '1.0.0' } }
  const packages = {
    'node_modules/@a/b/node_modules/c': parts,
    'node_modules/@a/b/node_modules/c/node_modules/inner': {},
    'node_modules/outer': {},
  }

  expect(missingParts({ packages })).toEqual([])
})

test('a rule that checks too few places is broken', () => {
  const asleep = {
    name: 'asleep',
    counts: 'files',
    minimum: 1,
    judge: eachFile(
      (file) => file.startsWith('src/'),
      () => [],
    ),
  }

  expect(check(asleep, [{ file: 'lib/data/rows.ts', text: '' }]).broken).toHaveLength(1)
})

test('every rule has a minimum', () => {
  for (const rule of RULES) expect(rule.minimum, rule.name).toBeGreaterThan(0)
})

test.each([
  ['a text', `const text = '${'x'.repeat(110)}'`],
  ['a comment', `// ${'word '.repeat(30)}`],
])('a line that is too wide is caught: %s', (_what, text) =>
  expect(tooWide({ file: 'lib/data/a.ts', text })).toHaveLength(1),
)

test.each([
  ['exactly as wide as allowed', 'x'.repeat(120)],
  ['an import', `import { a } from '${'x'.repeat(120)}'`],
  ['an address', `const source = 'https://example.org/${'x'.repeat(120)}'`],
])('a line is allowed: %s', (_what, text) => expect(tooWide({ file: 'lib/data/a.ts', text })).toEqual([]))
