import { expect, test } from 'vitest'
import { brokenRules } from './layers.ts'

test.each([
  [
    'a Prisma type leaks out of data as a type-only import',
    'lib/serving/pool.ts',
    `import type { Run } from '@prisma/client'`,
  ],
  ['one use case imports another', 'lib/serving/pool.ts', `import { x } from '#lib/training/run/run.ts'`],
  [
    'a page bypasses the HTTP module',
    'app/classifiers/[id]/history/page.tsx',
    `import { x } from '#lib/data/predictions/predictions.ts'`,
  ],
  [
    'a relative path out of the module',
    'lib/domain/evaluation/gate.ts',
    `import { x } from '../../data/runs/runs.ts'`,
  ],
  [
    'a lazy import of a higher module',
    'lib/ml/learn/train.ts',
    `export const f = async () => (await import('#lib/engines/onnx.ts')).run`,
  ],
  ['a re-export', 'lib/contracts/predict.ts', `export { x } from '#lib/data/rows.ts'`],
  ['a star re-export', 'lib/contracts/predict.ts', `export * from '#lib/http/serve.ts'`],
  ['a type in the middle of a line', 'lib/jobs/claim.ts', `export type R = import('#lib/data/rows.ts').Row`],
  ['a required native package', 'lib/ml/layers.ts', `const tf = require('@tensorflow/tfjs')`],
  [
    'a package behind createRequire',
    'lib/serving/pool.ts',
    `const ort = createRequire(import.meta.url)('onnxruntime-node')`,
  ],
  ['a pure rule reads a file', 'lib/domain/evaluation/gate.ts', `import { readFileSync } from 'node:fs'`],
  ['a package without an owner', 'lib/http/serve.ts', `import _ from 'lodash'`],
  ['a process imports the pages', 'lib/processes/web.ts', `import { Card } from '#lib/ui/card.tsx'`],
  [
    'a module imports the checks',
    'lib/data/rows.ts',
    `import { MODULES } from '#lib/checks/module-boundaries.ts'`,
  ],
  ['the checks read rows', 'lib/checks/run.ts', `import { x } from '#lib/data/rows.ts'`],
  [
    'an e2e test runs a command in its own process',
    'e2e/x.spec.ts',
    `import { x } from '#lib/commands/train.ts'`,
  ],
  ['a product file imports a fake', 'lib/serving/pool.ts', `import { x } from './child.fakes.ts'`],
  [
    'the generated client outside data',
    'lib/http/serve.ts',
    `import { x } from '#lib/data/generated/client.ts'`,
  ],
  ['a command answers HTTP', 'lib/commands/train.ts', `import { serve } from '#lib/http/serve.ts'`],
  ['the HTTP module reads the database', 'lib/server/fast-path.ts', `import { x } from '#lib/data/rows.ts'`],
  [
    'a use case imports the queries of pages',
    'lib/training/run/run.ts',
    `import { x } from '#lib/queries/runs.ts'`,
  ],
  [
    'the inference process reads rows',
    'lib/inference/loaded-models.ts',
    `import { x } from '#lib/data/rows.ts'`,
  ],
  ['serving forks a process itself', 'lib/serving/pool.ts', `import { fork } from 'node:child_process'`],
  ['vitest in the product', 'lib/domain/evaluation/gate.ts', `import { test } from 'vitest'`],
  ['a test imports the pages', 'lib/http/serve.test.ts', `import { x } from '#lib/ui/card.tsx'`],
  ['a file outside the modules', 'lib/shortcut.ts', ``],
])('caught: %s', (_, file, text) => expect(brokenRules(file, text)).toHaveLength(1))

test.each([
  [
    'a test imports as the composing modules do',
    'lib/serving/pool.test.ts',
    `import { x } from '#lib/training/run/run.ts'\nimport { test } from 'vitest'`,
  ],
  [
    'a test forks the real child',
    'lib/training/retrain/retrain.test.ts',
    `import { fork } from '#lib/processes/forks/fork-inference.ts'`,
  ],
  [
    'a module imports itself and its row',
    'lib/serving/pool.ts',
    `import { x } from './batcher.ts'\nimport { y } from '#lib/data/rows.ts'`,
  ],
  ['a package in the module that owns it', 'lib/images/decode.ts', `import sharp from 'sharp'`],
  ['a style sheet', 'app/layout.tsx', `import './globals.css'`],
  [
    'a name in a string is not an import',
    'lib/domain/evaluation/gate.ts',
    `export const text = "import x from '../data/rows.ts'"`,
  ],
])('allowed: %s', (_, file, text) => expect(brokenRules(file, text)).toEqual([]))

test('the message names the allowed modules and the document that explains them', () => {
  const [sentence] = brokenRules('lib/ml/learn/train.ts', `import { x } from '#lib/data/rows.ts'`)

  expect(sentence).toBe(
    'lib/ml/learn/train.ts:1: ml may not import data (#lib/data/rows.ts). Allowed here: domain, contracts. ' +
      'See docs/architecture.md.',
  )
})
