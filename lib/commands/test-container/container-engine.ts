/**
 * Programs that build the image of the Dockerfile and run it: Docker, Podman, or Debian's buildah with runc. A running
 * container has a read-only root file system, a temporary /tmp, and folders for its data that end with it.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '#lib/processes/throwaway/free-port.ts'

export type ProgramResult = {
  readonly code: number | null
  readonly output: string
  /** Of standard error: warnings, and why it failed. */
  readonly complaints: string
}

export type RunningContainer = AsyncDisposable & {
  readonly url: string
  /** Everything that it has printed. */
  readonly output: () => string
  /** Runs a program in it, as its user. */
  readonly exec: (args: readonly string[]) => Promise<ProgramResult>
  readonly signal: (name: 'TERM' | 'KILL') => Promise<unknown>
  /** The exit code of process 1. */
  readonly exit: Promise<number | null>
}

export type ContainerSettings = {
  readonly memoryMb: number
  readonly environment?: Readonly<Record<string, string>>
}

export type BuildOptions = {
  /** A stage of the Dockerfile; null: the last one. */
  readonly target: string | null
  /** `SOURCE:DESTINATION`: folders and files of this machine that the commands of the Dockerfile can read. */
  readonly volumes: readonly string[]
}

/** Docker's build has no volumes, and says so. */
export const buildArguments = ({ target, volumes }: BuildOptions): string[] => [
  ...(target === null ? [] : ['--target', target]),
  ...volumes.flatMap((volume) => ['--volume', `${volume}:ro`]),
]

export type ContainerEngine = {
  readonly name: string
  /** Throws with the end of the output if it fails. */
  readonly build: (tag: string, options: BuildOptions) => Promise<void>
  readonly sizeBytes: (tag: string) => Promise<number>
  readonly run: (tag: string, settings: ContainerSettings) => Promise<RunningContainer>
  readonly remove: (tag: string) => Promise<unknown>
}

const OUTPUT_IN_ERROR = 3_000 // characters from the end

export const answers = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0

/** Collects what the process prints; `exit` is its code, null if a signal ended it or it did not start. */
export function watched(child: ChildProcess): { output: () => string; exit: Promise<number | null> } {
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null))
  return {
    output: () => printed,
    exit: ended.catch((error: unknown) => {
      printed += String(error)
      return null
    }),
  }
}

export async function finished(program: string, args: readonly string[]): Promise<ProgramResult> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [output, complaints] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString()
  })
  const { exit } = watched(child)
  return { code: await exit, output, complaints }
}

/** What it printed to standard output; throws with the end of all output where it fails. */
export async function succeeded(program: string, args: readonly string[]): Promise<string> {
  const { code, output, complaints } = await finished(program, args)
  if (code === 0) return output
  const all = (output + complaints).slice(-OUTPUT_IN_ERROR)
  throw new Error(`${program} ${args.slice(0, 2).join(' ')} failed:\n${all}`)
}

/** Docker and Podman have the same commands for this. */
export function dockerEngine(program: 'docker' | 'podman', context: string): ContainerEngine {
  return {
    name: program,
    build: async (tag, options) => {
      await succeeded(program, ['build', '--tag', tag, ...buildArguments(options), context])
    },
    sizeBytes: async (tag) =>
      Number(await succeeded(program, ['image', 'inspect', '--format', '{{.Size}}', tag])),
    async run(tag, { memoryMb, environment = {} }) {
      const name = `${tag}-${process.pid}-${Date.now()}`
      const port = await freePort()
      const variables = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`])
      const limits = ['--memory', `${memoryMb}m`, '--memory-swap', `${memoryMb}m`]
      const child = spawn(
        program,
        [
          'run',
          ...['--rm', '--name', name, '--read-only', '--tmpfs', '/tmp:mode=1777'],
          ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
          ...limits,
          ...['--publish', `127.0.0.1:${port}:3000`],
          ...variables,
          tag,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      )
      const { output, exit } = watched(child)
      const signal = (which: 'TERM' | 'KILL') => finished(program, ['kill', '--signal', which, name])
      return {
        url: `http://127.0.0.1:${port}`,
        output,
        exit,
        exec: (args) => finished(program, ['exec', name, ...args]),
        signal,
        async [Symbol.asyncDispose]() {
          if (child.exitCode === null) await signal('KILL')
          await exit
        },
      }
    },
    remove: (tag) => finished(program, ['rmi', tag]),
  }
}
