/**
 * Downloads the default pretrained network in the background at start, once. The command decides what is downloaded
 * and verifies it; until then, and if it is not available, the network that ships with Darkroom is used.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import path from 'node:path'
import { say } from './progress.mjs'

const FOLDER = '.pretrained'
/** As in lib/training/pretrained/backbone-package.ts. One that was installed with another number is replaced. */
const EDITION = 3

/** Tried once and remembered, whether it succeeded or not: the next start does not try again.
 *  @param {string} root @param {string} node @param {NodeJS.ProcessEnv} env */
export function provideBackboneBehind(root, node, env) {
  if (isPrevented(root, env)) return
  const folder = path.join(root, FOLDER)
  const stamp = path.join(folder, 'stamp.json')
  const noted = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : null
  if (noted !== null && noted.kind !== 'ready') {
    say(
      `The pretrained network MobileNetV3-Small is missing: ${noted.reason} To try again: npm run backbone -- fetch`,
    )
    return
  }
  if (noted?.edition === EDITION) return
  mkdirSync(folder, { recursive: true })
  const log = openSync(path.join(folder, 'setup.log'), 'a')
  const command = ['fetch', '--installation', ...(noted === null ? [] : ['--force'])]
  const child = spawn(node, [path.join(root, 'lib/commands/backbone.ts'), ...command], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', log, log],
  })
  child.on('spawn', () => setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW))
  child.on('error', (error) => say(`The pretrained network could not be fetched: ${error.message}`))
  child.unref()
  say(
    'The pretrained network MobileNetV3-Small (6.5 MB) is being downloaded from the npm registry in the background; ' +
      `log: ${FOLDER}/setup.log. BACKBONE=own prevents this.`,
  )
}

/** BACKBONE=own in the environment, which decides, or in .env. */
function isPrevented(root, env) {
  if (env.BACKBONE) return env.BACKBONE === 'own'
  const file = path.join(root, '.env')
  return existsSync(file) && /^\s*BACKBONE\s*=\s*["']?own["']?\s*$/m.test(readFileSync(file, 'utf8'))
}
