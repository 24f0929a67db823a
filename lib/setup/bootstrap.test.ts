import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { supervisorEnvironment } from '#lib/processes/start/environment.ts'
import { ROOT } from '#lib/processes/settings.ts'
import { BACKBONE_EDITION } from '#lib/training/pretrained/backbone-package.ts'

/**
 * A folder with the real bootstrap, and small programs in place of npm, Prisma, Next, the supervisor and
 * the native setup: each appends a word to `done.txt`.
 */
function tree(supervisor = `process.send?.({ kind: 'ready' }); setTimeout(() => process.exit(0), 300)`) {
  const root = mkdtempSync(path.join(tmpdir(), 'darkroom-setup-'))
  roots.push(root)
  const write = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  const noting = (word: string, more = '') =>
    `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(path.join(root, 'done.txt'))}, ` +
    `'${word} ')\n${more}`
  cpSync(path.join(import.meta.dirname), path.join(root, 'lib/setup'), {
    recursive: true,
    filter: (file) => !/\.ts$/.test(file) || /\.d\./.test(file),
  })
  write('package.json', '{ "type": "module" }')
  write('package-lock.json', '{ "packages": { "": {} } }')
  write('prisma/schema.prisma', schemaWith('A'))
  write('app/(home)/page.tsx', 'first')
  write('app/page.test.tsx', 'first')
  write('lib/processes/supervisor.ts', supervisor)
  write('lib/setup/native.ts', noting('native'))
  write('lib/commands/backbone.ts', noting('backbone'))
  const installed = {
    'prisma/package.json': '{ "version": "7.0.0", "type": "module" }',
    'prisma/build/index.js': noting(
      'generate',
      `import { mkdirSync } from 'node:fs'\nmkdirSync('lib/data/generated', { recursive: true })`,
    ),
    'next/package.json': '{ "type": "module" }',
    'next/dist/bin/next': noting(
      'build',
      "import { mkdirSync, writeFileSync } from 'node:fs'\nmkdirSync('.next', { recursive: true " +
        "})\nwriteFileSync('.next/BUILD_ID', '1')",
    ),
  }
  write(
    'npm-stand-in.js',
    noting(
      'install',
      `import { mkdirSync, writeFileSync } from 'node:fs'\nimport path from 'node:path'
    for (const [file, text] of Object.entries(${JSON.stringify(installed)})) {
      const at = path.join('node_modules', file)
      mkdirSync(path.dirname(at), { recursive: true })
      writeFileSync(at, text)
    }`,
    ),
  )
  const done = () =>
    existsSync(path.join(root, 'done.txt'))
      ? readFileSync(path.join(root, 'done.txt'), 'utf8').trim().split(' ')
      : []
  return { root, write, done, start: (...args: string[]) => launch(root, args) }
}

/** The lines that are different for PostgreSQL, for which a second client is generated. */
const schemaWith = (model: string): string => `generator client {
  output                 = "../lib/data/generated"
}
datasource db {
  provider = "sqlite"
}
model ${model} {}`

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true })
})

function launch(root: string, args: readonly string[]) {
  const child = spawn(process.execPath, [path.join(root, 'lib/setup/bootstrap.mjs'), ...args], {
    cwd: root,
    env: { ...process.env, npm_execpath: path.join(root, 'npm-stand-in.js') },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, output }))
  return {
    child,
    ended,
    saying: (word: string) =>
      new Promise<void>((resolve) =>
        child.stdout.on('data', () => {
          if (output.includes(word)) resolve()
        }),
      ),
  }
}

test('the first start installs, generates and builds; the second repeats nothing', async () => {
  const { start, done, root } = tree()

  expect(await start('start').ended).toMatchObject({ code: 0 })
  expect(done().slice(0, 4)).toEqual(['install', 'generate', 'generate', 'build'])
  // it continues in the background, and outlives a short start
  await expect.poll(done, { timeout: 10_000 }).toContain('native')
  await expect.poll(done, { timeout: 10_000 }).toContain('backbone')

  rmSync(path.join(root, 'done.txt'))
  writeFileSync(path.join(root, '.native/stamp.json'), '{ "kind": "ready" }')
  writeFileSync(
    path.join(root, '.pretrained/stamp.json'),
    `{ "kind": "ready", "edition": ${BACKBONE_EDITION} }`,
  )
  expect(await start('start').ended).toMatchObject({ code: 0, output: '' })
  expect(done()).toEqual([])
})

test('a start fetches no pretrained network where BACKBONE=own says so', async () => {
  const { start, done, write } = tree()
  write('.env', 'PORT=3000\nBACKBONE=own\n')

  const { output } = await start('start').ended

  expect(output).not.toContain('MobileNetV3')
  await expect.poll(done, { timeout: 10_000 }).toContain('native')
  expect(done()).not.toContain('backbone')
})

test('a start replaces a pretrained network of an earlier edition', async () => {
  const { start, done, write } = tree()
  write('.pretrained/stamp.json', '{ "kind": "ready" }')

  await start('start').ended

  await expect.poll(done, { timeout: 10_000 }).toContain('backbone')
})

test('a start says why the pretrained network is missing, and does not try again', async () => {
  const { start, done, write } = tree()
  write('.pretrained/stamp.json', '{ "kind": "unavailable", "reason": "there is no network." }')

  const { output } = await start('start').ended

  expect(output).toContain(
    'MobileNetV3-Small is missing: there is no network. To try again: npm run backbone -- fetch',
  )
  await expect.poll(done, { timeout: 10_000 }).toContain('native')
  expect(done()).not.toContain('backbone')
})

test('a changed page is built again, a changed test is not, and neither is a page with only a new date', async () => {
  const { start, done, write } = tree()
  await start('build').ended

  write('app/page.test.tsx', 'second')
  write('app/(home)/page.tsx', 'first')
  await start('build').ended
  expect(done()).toEqual(['install', 'generate', 'generate', 'build'])

  write('app/(home)/page.tsx', 'second')
  await start('build').ended
  expect(done()).toEqual(['install', 'generate', 'generate', 'build', 'build'])
})

test('a changed lock file installs again, a changed schema generates again', async () => {
  const { start, done, write } = tree()
  await start('build').ended

  write('package-lock.json', '{ "packages": { "": {}, "node_modules/x": { "version": "1.0.0" } } }')
  write('prisma/schema.prisma', schemaWith('B'))
  await start('build').ended

  expect(done()).toEqual([
    ...['install', 'generate', 'generate', 'build'],
    ...['install', 'generate', 'generate', 'build'],
  ])
})

test('the native engine is tried once after the server is ready; a remembered failure is not repeated', async () => {
  const { start, done, write } = tree()
  write('.native/stamp.json', '{ "kind": "unavailable", "reason": "pip does not answer." }')

  const { output } = await start('start').ended

  expect(output).toContain('not available: pip does not answer.')
  expect(done()).not.toContain('native')
})

test('two commands at once prepare the folder one after the other', async () => {
  const { start, done } = tree()

  await Promise.all([start('build').ended, start('build').ended])

  expect(done()).toEqual(['install', 'generate', 'generate', 'build'])
})

test('a signal reaches the product, and its exit code is passed on', async () => {
  const { start } = tree(
    `process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1000); console.log('listening')`,
  )
  const running = start('start')
  await running.saying('listening')

  running.child.kill('SIGTERM')

  expect(await running.ended).toMatchObject({ code: 7 })
})

test('the supervisor starts with the environment of its children; other commands do not', async () => {
  const names = ['NODE_COMPILE_CACHE', 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_']
  const print = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => process.env[name] ?? null)))`
  const { start, write, root } = tree(print)
  write('lib/commands/predict.ts', print)
  const expected: Readonly<Record<string, string | undefined>> = supervisorEnvironment()
  const valuesOf = ({ output }: { readonly output: string }): unknown =>
    JSON.parse(/^\[.*\]$/m.exec(output)?.[0] ?? 'null')
  const without = names.map((name) => process.env[name] ?? null)

  const supervisor = valuesOf(await start('start').ended)
  const other = valuesOf(await start('predict').ended)

  expect(supervisor).toEqual(
    names.map((name) => process.env[name] ?? expected[name]?.replace(ROOT, root) ?? null),
  )
  expect(other).toEqual(without)
})

test('when the shell between npm and the bootstrap is killed, the product stops too', async () => {
  const { root } = tree(
    "process.on('SIGTERM', () => { console.log('leaving'); process.exit(0) }); setInterval(() => {}, " +
      "1000); console.log('listening')",
  )
  const command = `"${process.execPath}" "${path.join(root, 'lib/setup/bootstrap.mjs')}" start; true`
  const shell = spawn('sh', ['-c', command], {
    env: { ...process.env, npm_execpath: path.join(root, 'npm-stand-in.js'), npm_lifecycle_event: 'start' },
  })
  let output = ''
  shell.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (output.includes('listening')) shell.kill('SIGTERM')
  })

  await once(shell, 'close') // its output ends when the last of its descendants has ended

  expect(output).toContain('leaving')
})

test("an install that fails ends with npm's error, without its usage text", async () => {
  const { start, write } = tree()
  write(
    'npm-stand-in.js',
    "console.error('npm warn old\\nnpm error network is unreachable\\nnpm error Usage:\\nnpm error npm " +
      "ci'); process.exit(1)",
  )

  const { code, output } = await start('start').ended

  expect(code).toBe(1)
  expect(output).toBe(
    'The packages could not be installed: npm ci ended with code 1.\nnpm error network is ' +
      'unreachable\nCheck that the npm registry is reachable, then start again.\n',
  )
})

test('help is available before the installation, and an unknown command lists the known ones', async () => {
  const { start, done } = tree()

  expect((await start('test', '--help').ended).output).toContain('npm test')
  expect(await start('fly').ended).toMatchObject({
    code: 1,
    output: expect.stringContaining('Unknown command "fly". Available commands: start,'),
  })
  expect(done()).toEqual([])
})
