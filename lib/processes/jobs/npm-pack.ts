/** Runs `npm pack`, so that the person's own npm settings (registry, proxy, certificates, login) apply. It checks
 *  nothing that comes. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { cannotFetch } from '#lib/training/pretrained/install-backbone.ts'
import { ROOT } from '../settings.ts'

/** npm tries again by itself for some minutes where a registry does not answer. */
const LONGEST_MS = 300_000
const SHOWN_OUTPUT = 4_000

/** The npm that started this program, else the one next to this Node, else that of PATH. */
function npmProgram(): { readonly program: string; readonly args: readonly string[] } {
  const started = process.env['npm_execpath']
  const bundled = path.join(path.dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js')
  const script = [started, bundled].find((file) => file?.endsWith('.js') === true && existsSync(file))
  return script === undefined
    ? { program: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
    : { program: process.execPath, args: [script] }
}

/** @returns the file of the package in `folder`.
 *  @throws DarkroomError `bad_data_file` with npm's own words. */
export async function npmPack(specifier: string, folder: string, signal: AbortSignal): Promise<string> {
  const { program, args } = npmProgram()
  const { code, output } = await runToEnd(
    program,
    [...args, 'pack', specifier, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'],
    AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
  )
  signal.throwIfAborted()
  if (code !== 0) throw cannotFetch(`npm cannot provide ${specifier} (${firstError(output)})`)
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (file === undefined) throw cannotFetch('npm provided no package')
  return path.join(folder, file)
}

function runToEnd(
  program: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(program, args, {
      cwd: ROOT,
      signal,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: program === 'npm.cmd',
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-SHOWN_OUTPUT)
    })
    child.on('error', (error) => resolve({ code: 127, output: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** Lines that name the error for programs. */
const DETAIL = /^(?:code|errno|syscall|address|port|network|A complete log)\b/

/** The first line in which npm says what happened: the code alone says too little. */
function firstError(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (?:error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '')
  return lines.find((line) => !DETAIL.test(line)) ?? lines[0] ?? 'it ended without a message'
}
