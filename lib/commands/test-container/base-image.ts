/**
 * The base image of the Dockerfile, where no registry can be reached: Debian's essential packages, the pinned Node of
 * this installation, npm, and the user `node`, under the same name. It also has the certificates that this machine
 * trusts.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { answers, finished, succeeded } from './container-engine.ts'

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt'
const USER =
  'groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node && npm --version'

/** Throws if mmdebstrap or npm fails. */
export async function provideBaseImage(context: string): Promise<void> {
  const { name, release } = baseImageOf(readFileSync(path.join(context, 'Dockerfile'), 'utf8'))
  if (answers('buildah', 'inspect', '--type', 'image', name)) return
  if (answers('buildah', 'pull', name)) return
  await makeBaseImage(name, release)
}

/** The full name of the image that the Dockerfile starts from, and its release of Debian. */
export function baseImageOf(dockerfile: string): { readonly name: string; readonly release: string } {
  const version = /^ARG NODE_VERSION=(\S+)$/m.exec(dockerfile)?.[1]
  const [, suffix, release] = /^FROM node:\$\{NODE_VERSION\}-((\w+)-slim)/m.exec(dockerfile) ?? []
  if (version === undefined || suffix === undefined || release === undefined)
    throw new Error('The Dockerfile does not start from node:${NODE_VERSION}-RELEASE-slim.')
  return { name: `docker.io/library/node:${version}-${suffix}`, release }
}

async function makeBaseImage(name: string, release: string): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'darkroom-base-'))
  const container = (await succeeded('buildah', ['from', 'scratch'])).trim()
  try {
    const debian = path.join(folder, 'debian.tar')
    await succeeded('mmdebstrap', ['--variant=minbase', '--include=ca-certificates', release, debian])
    await succeeded('buildah', ['add', '--quiet', container, debian, '/'])
    await succeeded('buildah', ['copy', '--quiet', container, await nodeAndNpm(folder), '/usr/local/'])
    if (existsSync(CERTIFICATES)) {
      await succeeded('buildah', ['copy', '--quiet', container, CERTIFICATES, CERTIFICATES])
      await succeeded('buildah', ['config', '--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, container])
    }
    await succeeded('buildah', ['run', '--isolation', 'chroot', container, '--', 'sh', '-c', USER])
    await succeeded('buildah', ['config', '--cmd', 'node', container])
    await succeeded('buildah', ['commit', '--quiet', container, name])
  } finally {
    await finished('buildah', ['rm', container])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A folder with `bin/node`, `bin/npm` and npm itself, as the official image has below /usr/local. */
async function nodeAndNpm(folder: string): Promise<string> {
  const local = path.join(folder, 'local')
  const modules = path.join(local, 'lib/node_modules')
  mkdirSync(path.join(local, 'bin'), { recursive: true })
  mkdirSync(modules, { recursive: true })
  cpSync(process.execPath, path.join(local, 'bin/node'))
  const packed = await succeeded('npm', ['pack', 'npm', '--silent', '--pack-destination', folder])
  await succeeded('tar', ['--extract', '--file', path.join(folder, packed.trim()), '--directory', modules])
  await succeeded('mv', [path.join(modules, 'package'), path.join(modules, 'npm')])
  for (const program of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${program}-cli.js`, path.join(local, 'bin', program))
  return local
}
