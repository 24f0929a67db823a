/**
 * Runs other programs: to their end with their output captured, or in the foreground with this terminal and
 * its signals. It knows nothing of what they do. Plain JavaScript for any Node from 20 on.
 */
import { spawn } from 'node:child_process'

const NPM_CHECK_MS = 300
const MAX_OUTPUT = 20_000 // characters; the end of a failing program's output explains the failure

/**
 * Runs a program to its end and captures the end of its output.
 * @param {string} program @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runToEnd(program, args, options = {}) {
  return new Promise((resolve) => {
    let output = ''
    const keep = (chunk) => {
      output = (output + chunk).slice(-MAX_OUTPUT)
    }
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.on('error', (error) => resolve({ code: 127, output: String(error) }))
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/**
 * Runs a program with this terminal, passes signals on, and returns its exit code.
 * @param {string} program @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, cwd: string, onReady?: () => void }} how `onReady` at the child's first
 * message `ready`
 * @returns {Promise<number>}
 */
export function runInForeground(program, args, { env, cwd, onReady }) {
  return new Promise((resolve) => {
    const stdio = onReady ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit'
    const child = spawn(program, args, { env, cwd, stdio })
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    if (process.env.npm_lifecycle_event) endWithNpm(() => child.kill('SIGTERM'))
    child.on('message', (message) => {
      if (message?.kind === 'ready') onReady?.()
    })
    child.on('error', (error) => {
      process.stderr.write(`${error}\n`)
      resolve(127)
    })
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)))
  })
}

/**
 * npm runs this program through a shell that is killed by a signal without passing it on (npm 11): when npm
 * is gone, the signal was meant for this program too.
 * @param {() => void} end
 */
function endWithNpm(end) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    end()
  }, NPM_CHECK_MS)
  timer.unref()
}
