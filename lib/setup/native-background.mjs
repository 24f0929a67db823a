/**
 * The native engine at start: linked again after an install, or built after the server is ready, once.
 * native.ts builds it; serving never waits for it.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import path from 'node:path'
import { runToEnd } from './child.mjs'
import { say } from './progress.mjs'

/**
 * A fresh node_modules has lost its link to .native/tensorflow, which outlives it.
 * @param {string} root @param {string} node @param {NodeJS.ProcessEnv} env
 */
export async function putNativeBack(root, node, env) {
  const made = path.join(root, '.native/tensorflow/lib')
  const linked = path.join(root, 'node_modules/@tensorflow/tfjs-node/lib')
  if (existsSync(made) && !existsSync(linked))
    await runToEnd(node, [path.join(root, 'lib/setup/native.ts'), '--link'], { cwd: root, env })
}

/**
 * Tried once and remembered, whether it succeeded or not: the next start does not try again.
 * @param {string} root @param {string} node @param {NodeJS.ProcessEnv} env
 */
export function provideNativeBehind(root, node, env) {
  const stamp = path.join(root, '.native', 'stamp.json')
  if (existsSync(stamp)) {
    const { kind, reason } = JSON.parse(readFileSync(stamp, 'utf8'))
    if (kind !== 'ready')
      say(
        `The native engine (tfjs-node) is not available: ${reason} The engines onnx and wasm are used ` +
          'instead. To try again: npm run setup:native',
      )
    return
  }
  mkdirSync(path.dirname(stamp), { recursive: true })
  const log = openSync(path.join(root, '.native', 'setup.log'), 'a')
  const child = spawn(node, [path.join(root, 'lib/setup/native.ts')], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.on('spawn', () => setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW))
  child.on('error', (error) => say(`The native engine could not be tested: ${error.message}`))
  child.unref()
  say('The native engine (tfjs-node) is being installed in the background; log: .native/setup.log')
}
