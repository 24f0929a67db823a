import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { probeEngines } from '../open-engine.ts'

const isThere = probeEngines().some(({ name, available }) => name === 'onnx' && available)
const here = (file: string): string => JSON.stringify(path.join(import.meta.dirname, file))

/** One sum on the native library, in a process of its own that loads it for the first time. */
const PROGRAM = `
import { loadOrt } from ${here('library.ts')}
import { createGraph } from ${here('../../ml/onnx/graph.ts')}
const ort = await loadOrt('onnx', { threads: 1 })
const g = createGraph('relu')
const pair = { type: 'float32', shape: [2] }
g.output(g.op('Relu', [g.input({ name: 'x', ...pair })]), { name: 'y', ...pair })
{ await using session = await ort.open(g.finish()); await session.run({ x: ort.floats(Float32Array.of(-1, 1), [2]) }) }
process.stdout.write(process.env.ORT_DISABLE_TELEMETRY)`

test.runIf(isThere).each([
  ['a home that can be written to', 'home'],
  ['no home', 'home/none/at/all'],
])(
  'ONNX Runtime stores no identifier and no events, and prints nothing, with %s, even where the environment allows it',
  async (_story, home) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-quiet-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(path.join(folder, 'home'), { mode: home === 'home' ? 0o700 : 0o500 })

    const { code, output } = await run(
      PROGRAM,
      { HOME: path.join(folder, home), XDG_CACHE_HOME: '', ORT_DISABLE_TELEMETRY: '0' },
      folder,
    )

    expect(output).toBe('1')
    expect(code).toBe(0)
    expect(readdirSync(folder, { recursive: true })).toEqual(['home'])
  },
)

function run(
  program: string,
  environment: Record<string, string>,
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program],
    {
      cwd,
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text.toString()
    })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}
