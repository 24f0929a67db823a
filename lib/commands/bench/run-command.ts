/** Runs another of our commands in its own process, as a user would. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { ROOT } from '#lib/processes/settings.ts'

/** The seconds that the command took; throws with its output when it fails. */
export async function run(
  command: 'backup' | 'restore',
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = performance.now()
  const { code, output } = await ran(command, args, env)
  if (code !== 0) throw new Error(`npm run ${command} ended with ${code}: ${output}`)
  return (performance.now() - startedAt) / 1000
}

export async function ran(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly output: string }> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(ROOT, `lib/commands/${command}.ts`), ...args],
    { env: { ...process.env, DATABASE_URL: undefined, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text.toString()
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, output }
}
