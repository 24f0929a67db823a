/**
 * Rule about the lock file: it lists every package that a dependency may need on any platform, and exactly
 * the versions that package.json pins. Where the registry lacks the package of a platform, npm writes a
 * lock file that installs here and fails in a fresh clone (`npm ci`: "Missing …").
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { lockFile, packageFile, type LockFile, type PackageEntry } from '#lib/contracts/developer-files.ts'
import type { ProjectRule } from './rule.ts'
import { ROOT } from './sources.ts'

type PinKind = 'dependencies' | 'devDependencies' | 'optionalDependencies'

const PIN_KINDS: readonly PinKind[] = ['dependencies', 'devDependencies', 'optionalDependencies']
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/

export const lockIsWhole: ProjectRule = {
  name: 'a fresh clone can be installed: the lock file is complete and pins are exact',
  counts: 'locked packages',
  minimum: 600,
  judge: () => {
    const lock = lockFile.parse(JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')))
    const required = packageFile.parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')))
    return {
      checked: Object.keys(lock.packages).length,
      broken: [...missingParts(lock), ...loosePins(required, lock)],
    }
  },
}

export function missingParts({ packages }: LockFile): readonly string[] {
  return Object.entries(packages).flatMap(([place, { version, optionalDependencies = {} }]) => {
    const missing = Object.keys(optionalDependencies).filter((name) => !isLocked(packages, place, name))
    return missing.length === 0
      ? []
      : [
          `package-lock.json: ${place || 'the root'} ${version ?? ''} does not have ${missing.join(', ')}. Pin ` +
            'a version whose packages are all in the registry, and create the lock file again.',
        ]
  })
}

export function loosePins(required: PackageEntry, { packages }: LockFile): readonly string[] {
  return PIN_KINDS.flatMap((kind) =>
    Object.entries(required[kind] ?? {}).flatMap(([name, version]) => {
      if (!EXACT.test(version)) return [`package.json: ${name} is "${version}". Pin the exact version.`]
      return packages['']?.[kind]?.[name] === version
        ? []
        : [
            `package-lock.json: does not have ${name} ${version} from package.json. Create it again: npm ` +
              'install --package-lock-only',
          ]
    }),
  )
}

/** Node's own resolution: the inner folder first, then outwards. */
function isLocked(packages: LockFile['packages'], place: string, name: string): boolean {
  for (let at = place; ; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in packages) return true
    if (at === '') return false
  }
}
