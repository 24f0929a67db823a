import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { childEnvironment, engineEnvironment, withoutEmptySettings } from './environment.ts'

test('an empty setting is not passed on; variables that are not ours stay unchanged', () => {
  expect(
    withoutEmptySettings({
      NODE_ENV: 'production',
      NEXTAUTH_URL: '',
      PORT: '3000',
      DEFAULT_CLASSIFIER: '',
      NO_COLOR: '',
    }),
  ).toEqual({ NODE_ENV: 'production', PORT: '3000', NO_COLOR: '' })
})

test('Next does not read an empty setting from .env again', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-env-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(path.join(folder, '.env'), 'NEXTAUTH_URL=\n')
  const program =
    `require('@next/env').loadEnvConfig(${JSON.stringify(folder)}, false); ` +
    'process.stdout.write(String(process.env.NEXTAUTH_URL))'

  expect(
    spawnSync(process.execPath, ['-e', program], {
      env: childEnvironment({ NODE_ENV: 'production', NEXTAUTH_URL: '' }),
      encoding: 'utf8',
    }).stdout,
  ).toBe('undefined')
})

test('a computing child has its own thread count, and TensorFlow only logs errors by default', () => {
  expect(engineEnvironment(3)).toMatchObject({
    TF_NUM_INTRAOP_THREADS: '3',
    TF_CPP_MIN_LOG_LEVEL: '2',
    PATH: process.env['PATH'],
  })

  process.env['TF_CPP_MIN_LOG_LEVEL'] = '0'
  onTestFinished(() => {
    delete process.env['TF_CPP_MIN_LOG_LEVEL']
  })
  expect(engineEnvironment(1)['TF_CPP_MIN_LOG_LEVEL']).toBe('0')
})
