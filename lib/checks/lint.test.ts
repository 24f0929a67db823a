import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ESLint } from 'eslint'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from './sources.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(path.join(folder, 'tsconfig.json'), '{"compilerOptions":{"strict":true},"files":["a.ts"]}')

/** The rules of this repository that a source breaks, in a project of its own. */
async function brokenIn(source: string): Promise<readonly (string | null)[]> {
  const file = path.join(folder, 'a.ts')
  writeFileSync(file, source)
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: path.join(ROOT, 'eslint.config.mjs'),
    overrideConfig: { languageOptions: { parserOptions: { tsconfigRootDir: folder } } },
  })
  const [result] = await eslint.lintFiles([file])
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message)
}

const SAVE = 'async function save(): Promise<void> {}; '

test.each([
  [`${SAVE}save()`, '@typescript-eslint/no-floating-promises'],
  [`${SAVE}export const all = [1].forEach(save)`, '@typescript-eslint/no-misused-promises'],
  [
    `${SAVE}export const one = (n: number) => { if (save()) return n }`,
    '@typescript-eslint/no-misused-promises',
  ],
  ['export const f = async () => await 1', '@typescript-eslint/await-thenable'],
  ['export const f = (n: number) => (n > 2 ? "a" : n > 1 ? "b" : "c")', 'no-nested-ternary'],
  ['export const f = (x: any) => x', '@typescript-eslint/no-explicit-any'],
])('the linter catches: %s', async (source, rule) => expect(await brokenIn(source)).toEqual([rule]))

test('a promise that is awaited, or passed on, is no error', async () =>
  expect(
    await brokenIn(`${SAVE}export const f = async () => { await save() }\nexport const g = () => save()`),
  ).toEqual([]))
