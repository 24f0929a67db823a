/**
 * Two ways to obtain a TensorFlow library and a binding to it, each creating `lib/` and `deps/` in the
 * folder `making`. native.ts tests whether the result works.
 */
import { createRequire } from 'node:module'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runToEnd } from './child.mjs'
import { step } from './progress.mjs'

const BINARY_HOST = process.env['TFJS_NODE_CDN_STORAGE'] ?? 'https://storage.googleapis.com/'
const PROBE_MS = 5_000
const INSTALLER_MS = 15 * 60_000 // 100 MB on a slow line
const WHEEL_MS = 30 * 60_000 // 274 MB on a slow line
const WHEEL = 'tensorflow-cpu==2.21.0'
const WHEEL_NEEDS_BYTES = 2e9 // wheel 274 MB, libraries 853 MB, stripped 634 MB, for a moment all at once
const LIBRARIES = ['libtensorflow_framework.so.2', 'libtensorflow_cc.so.2']
/** The headers that binding/*.cc includes, directly and through others. */
const HEADERS = ['tensorflow/c/', 'tensorflow/core/platform/ctstring', 'tsl/platform/ctstring', 'xla/tsl/c/']

export interface NativePlaces {
  readonly root: string
  readonly addOn: string
  readonly installed: string
  readonly building: string
}
interface NativeBuild {
  readonly name: string
  readonly tensorflow: string
}

/** This source cannot be used on this machine; the message is a whole sentence with the reason. */
export class SourceUnavailable extends Error {}

/**
 * tfjs-node's own install script: a prebuilt binding and TensorFlow 2.9.1, where its download host
 * responds.
 */
export async function fromOwnInstaller({ addOn, building }: NativePlaces): Promise<NativeBuild> {
  await step("check the download server of tfjs-node's own binaries", () => answers(BINARY_HOST))
  await step("download and unpack tfjs-node's own binaries", async () => {
    const { code, output } = await runToEnd(process.execPath, ['scripts/install.js'], {
      cwd: addOn,
      timeout: INSTALLER_MS,
    })
    if (code !== 0)
      throw new SourceUnavailable(`The install script of tfjs-node failed: ${lastLine(output)}.`)
  })
  rmSync(path.join(addOn, 'deps/include'), { recursive: true, force: true })
  for (const folder of ['lib', 'deps'])
    if (existsSync(path.join(addOn, folder)))
      renameSync(path.join(addOn, folder), path.join(building, folder))
  return { name: "from tfjs-node's own binaries", tensorflow: '2.9.1' }
}

/**
 * The C library from Python's wheel, and the binding compiled against Node's stable interface: no node-gyp,
 * no Node headers.
 */
export async function fromWheel({ root, addOn, building }: NativePlaces): Promise<NativeBuild> {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !isGlibc())
    throw new SourceUnavailable('The TensorFlow wheel is for Linux x64 with glibc only.')
  const python = await firstThatRuns(
    [
      ['python3', '-m', 'pip', '--version'],
      ['python', '-m', 'pip', '--version'],
    ],
    'Python with pip',
  )
  await firstThatRuns([['g++', '--version']], 'the compiler g++')
  const free = statfsSync(building)
  if (free.bavail * free.bsize < WHEEL_NEEDS_BYTES)
    throw new SourceUnavailable(
      `The TensorFlow wheel needs ${WHEEL_NEEDS_BYTES / 1e9} GB of free disk space to unpack.`,
    )

  const unpacked = path.join(building, 'wheel')
  mkdirSync(path.join(building, 'deps/lib'), { recursive: true })
  mkdirSync(path.join(building, 'lib/napi-v8'), { recursive: true })
  await step(`download ${WHEEL} (274 MB, pip)`, () =>
    mustRun(
      python,
      [
        '-m',
        'pip',
        'download',
        '--no-deps',
        '--no-cache-dir',
        '--only-binary=:all:',
        '--retries=1',
        '--timeout=10',
        '--dest',
        unpacked,
        WHEEL,
      ],
      WHEEL_MS,
    ),
  )
  await step('unpack the library and its headers', () => unpack(python, unpacked))
  await step('strip the library', () =>
    strip(path.join(unpacked, 'tensorflow'), path.join(building, 'deps/lib')),
  )
  await step('compile the binding (g++)', () => compile(root, addOn, building))
  rmSync(unpacked, { recursive: true })
  return {
    name: 'from the TensorFlow wheel, with a binding compiled here',
    tensorflow: WHEEL.split('==')[1] ?? '',
  }
}

async function answers(host: string): Promise<void> {
  try {
    await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) })
  } catch (error) {
    throw new SourceUnavailable(
      `The download server of tfjs-node's own binaries (${new URL(host).host}) cannot be reached.`,
      { cause: error },
    )
  }
}

/** Python is available, so its ZIP reader is too: only the needed entries are written to the disk. */
async function unpack(python: string, folder: string): Promise<void> {
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'))
  if (!wheel) throw new SourceUnavailable('pip reported success but did not download a wheel.')
  const expected = [
    ...LIBRARIES.map((name) => `tensorflow/${name}`),
    ...HEADERS.map((name) => `tensorflow/include/${name}`),
  ]
  const program =
    'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor n in z.namelist():\n  if ' +
    'n.startswith(tuple(sys.argv[3:])): z.extract(n, sys.argv[2])\n'
  writeFileSync(path.join(folder, 'unpack.py'), program)
  await mustRun(python, [path.join(folder, 'unpack.py'), path.join(folder, wheel), folder, ...expected])
  rmSync(path.join(folder, wheel))
}

/** 853 MB become 634 MB. Without `strip` they stay as they are. */
async function strip(from: string, to: string): Promise<void> {
  for (const library of LIBRARIES) {
    const { code } = await runToEnd('strip', [
      '--strip-unneeded',
      '-o',
      path.join(to, library),
      path.join(from, library),
    ])
    if (code !== 0) renameSync(path.join(from, library), path.join(to, library))
    else rmSync(path.join(from, library))
  }
}

async function compile(root: string, addOn: string, building: string): Promise<void> {
  const { include_dir: nodeApi } = createRequire(path.join(root, 'package.json'))('node-api-headers') as {
    include_dir: string
  }
  const sources = readdirSync(path.join(addOn, 'binding'))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => path.join(addOn, 'binding', name))
  await mustRun('g++', [
    '-O2',
    '-std=gnu++17',
    '-fPIC',
    '-shared',
    '-DNAPI_VERSION=8',
    '-I',
    nodeApi,
    '-I',
    path.join(building, 'wheel/tensorflow/include'),
    '-I',
    path.dirname(addOn),
    ...sources,
    '-L',
    path.join(building, 'deps/lib'),
    ...LIBRARIES.toReversed().map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
    '-o',
    path.join(building, 'lib/napi-v8/tfjs_binding.node'),
  ])
}

async function mustRun(program: string, args: readonly string[], timeout = 5 * 60_000): Promise<void> {
  const { code, output } = await runToEnd(program, args, { timeout })
  if (code !== 0)
    throw new SourceUnavailable(
      `${path.basename(program)} ${args[0] === '-m' ? `${args[1]} ${args[2]}` : ''} failed: ${lastLine(output)}.`,
    )
}

async function firstThatRuns(
  candidates: readonly (readonly [string, ...string[]])[],
  what: string,
): Promise<string> {
  for (const [program, ...args] of candidates) if ((await runToEnd(program, args)).code === 0) return program
  throw new SourceUnavailable(
    `A native TensorFlow build on this machine needs ${what}, which is not available.`,
  )
}

/** Node's own report names its C library; on musl the field is empty. */
function isGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
  return Boolean(report.header?.glibcVersionRuntime)
}

const lastLine = (output: string): string =>
  output.trim().split('\n').at(-1)?.replace(/\.$/, '') ?? 'no output'
