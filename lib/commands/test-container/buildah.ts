/**
 * Debian's buildah builds the image without a daemon, and runc runs it: both as root, in the network of this machine.
 * Where the base image of the Dockerfile cannot be downloaded, base-image.ts makes one of the same name.
 */
import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '#lib/processes/throwaway/free-port.ts'
import { containerSpec, imageFacts, type ImageConfig } from '#lib/contracts/developer-files.ts'
import { provideBaseImage } from './base-image.ts'
import {
  buildArguments,
  finished,
  succeeded,
  watched,
  type ContainerEngine,
  type ContainerSettings,
  type RunningContainer,
} from './container-engine.ts'

/** Without namespaces of its own, which a container that builds a container does not get. */
const ISOLATION = ['--isolation', 'chroot']
/** User and group `node` of the image. */
const NODE_ID = 1000

export function buildahEngine(context: string): ContainerEngine {
  return {
    name: 'buildah and runc',
    async build(tag, options) {
      await provideBaseImage(context)
      const args = buildArguments(options)
      await succeeded('buildah', ['build', ...ISOLATION, '--layers', '--tag', tag, ...args, context])
    },
    async sizeBytes(tag) {
      const { container, root } = await mounted(tag)
      const size = await succeeded('du', ['--summarize', '--block-size=1', root])
      await finished('buildah', ['rm', container])
      return Number(size.split('\t')[0])
    },
    run: runWithRunc,
    remove: (tag) => finished('buildah', ['rmi', tag]),
  }
}

async function mounted(tag: string): Promise<{ readonly container: string; readonly root: string }> {
  const container = (await succeeded('buildah', ['from', '--pull-never', tag])).trim()
  const root = (await succeeded('buildah', ['mount', container])).trim()
  return { container, root }
}

async function runWithRunc(tag: string, settings: ContainerSettings): Promise<RunningContainer> {
  const bundle = mkdtempSync(path.join(tmpdir(), 'darkroom-container-'))
  const name = path.basename(bundle)
  const { container, root } = await mounted(tag)
  const inspected = await succeeded('buildah', ['inspect', '--type', 'image', tag])
  const { config } = imageFacts.parse(JSON.parse(inspected)).OCIv1
  const port = await freePort()
  await succeeded('runc', ['spec', '--bundle', bundle])
  writeSpec(bundle, { root, config, port, settings })
  const child = spawn('runc', ['run', '--bundle', bundle, name], { stdio: ['ignore', 'pipe', 'pipe'] })
  const { output, exit } = watched(child)
  const signal = (which: 'TERM' | 'KILL') => finished('runc', ['kill', name, which])
  return {
    url: `http://127.0.0.1:${port}`,
    output,
    exit,
    signal,
    exec: (args) => finished('runc', ['exec', name, ...args]),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) await signal('KILL')
      await exit
      await finished('runc', ['delete', '--force', name])
      await finished('buildah', ['rm', container])
      rmSync(bundle, { recursive: true, force: true })
    },
  }
}

type SpecFacts = {
  readonly root: string
  readonly config: ImageConfig
  readonly port: number
  readonly settings: ContainerSettings
}

/** The `config.json` of runc's own template, with the program, the user and the volumes of the image. */
function writeSpec(bundle: string, { root, config, port, settings }: SpecFacts): void {
  const file = path.join(bundle, 'config.json')
  const template = containerSpec.parse(JSON.parse(readFileSync(file, 'utf8')))
  const environment = { ...settings.environment, HOST: '127.0.0.1', PORT: String(port) }
  const bytes = settings.memoryMb * 1024 ** 2
  const spec = {
    ...template,
    root: { path: root, readonly: true },
    process: {
      ...template.process,
      terminal: false,
      user: { uid: NODE_ID, gid: NODE_ID },
      cwd: config.WorkingDir,
      args: config.Cmd,
      env: [...config.Env, ...Object.entries(environment).map(([key, value]) => `${key}=${value}`)],
      capabilities: { bounding: [], effective: [], permitted: [] },
      noNewPrivileges: true,
      rlimits: [],
    },
    mounts: [
      ...template.mounts,
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
      ...Object.keys(config.Volumes).map((place) => ({
        destination: place,
        type: 'bind',
        source: dataFolder(bundle, place),
        options: ['bind', 'rw'],
      })),
    ],
    linux: {
      ...template.linux,
      // the network of this machine, so that a port of 127.0.0.1 is enough
      namespaces: template.linux.namespaces.filter(({ type }) => type !== 'network'),
      resources: { memory: { limit: bytes, swap: bytes } },
    },
  }
  writeFileSync(file, JSON.stringify(spec))
}

function dataFolder(bundle: string, place: string): string {
  const folder = path.join(bundle, `volume${place.replaceAll('/', '-')}`)
  mkdirSync(folder, { mode: 0o700 })
  chownSync(folder, NODE_ID, NODE_ID)
  return folder
}
