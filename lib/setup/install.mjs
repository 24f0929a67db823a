/**
 * Installs node_modules as package-lock.json lists it, once per lock file, and links an installed native
 * engine again. It never changes the lock file, and it runs no package's install script (.npmrc).
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runToEnd } from './child.mjs'
import { SetupError, step } from './progress.mjs'

/** @param {string} root @returns {Promise<boolean>} whether anything had to be installed */
export async function install(root) {
  const stamp = path.join(root, 'node_modules', '.darkroom-installed')
  const wanted = `${createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex')} ${process.platform}-${process.arch}`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false
  const alreadyThere = holdsWhatTheLockSays(root)
  if (!alreadyThere)
    await step(
      'install the packages (npm ci)',
      () => cleanInstall(root),
      () => installedCount(root),
    )
  writeFileSync(stamp, wanted)
  return !alreadyThere
}

async function cleanInstall(root) {
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? { program: process.execPath, args: [process.env.npm_execpath] }
    : { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
  const { code, output } = await runToEnd(npm.program, [...npm.args, 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    shell: npm.program === 'npm.cmd',
  })
  if (code !== 0)
    throw new SetupError(
      'The packages could not be installed: npm ci ended with code ' +
        `${code}.\n${whatNpmSays(output)}\nCheck that the npm registry is reachable, then start ` +
        'again.',
    )
}

/** npm's errors without its warnings and its usage text. */
function whatNpmSays(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('npm error'))
  const usage = lines.findIndex((line) => /^npm error Usage:/.test(line))
  return (usage === -1 ? lines : lines.slice(0, usage)).join('\n') || output
}

/**
 * After a manual `npm ci` the installation is not repeated: npm's own record is compared with the lock
 * file.
 */
function holdsWhatTheLockSays(root) {
  const record = path.join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(record)) return false
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages
  const differs = Object.entries(wanted).some(
    ([place, entry]) =>
      place !== '' &&
      installed[place]?.version !== entry.version &&
      !(entry.optional && installed[place] === undefined),
  )
  return !differs && Object.keys(installed).every((place) => place in wanted)
}

/** A package counts when its own package.json is unpacked; npm creates all folders at once, before. */
function installedCount(root) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  const wanted = Object.keys(packages).filter((place) => place !== '' && !packages[place].optional)
  const unpacked = wanted.filter((place) => existsSync(path.join(root, place, 'package.json')))
  return `${unpacked.length} of ${wanted.length} packages unpacked`
}
