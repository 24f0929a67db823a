/**
 * Creates what is generated from sources: the Prisma client from the schema, the pages by Next. Each only
 * when its sources changed. It does not migrate the database; the supervisor does that at start.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runToEnd } from './child.mjs'
import { SetupError, step } from './progress.mjs'

const SCHEMA = 'prisma/schema.prisma'
const CLIENT = 'lib/data/generated'
const SOURCES = [
  'app',
  'lib',
  'public',
  'prisma',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.mjs',
  'postcss.config.mjs',
  'package.json',
  'package-lock.json',
]
/** Modules whose files no page contains, and generated files. */
const NOT_IN_PAGES = new Set(['lib/checks', 'lib/commands', 'lib/setup', 'lib/processes', CLIENT])

/**
 * The Prisma clients from the schema: for SQLite, and for PostgreSQL inside the folder of the first. The CLI would
 * first download a schema engine, which generating never runs: naming any executable in its place keeps it offline
 * (Prisma 7.10).
 * @param {string} root @param {string} node @param {NodeJS.ProcessEnv} env
 */
export async function generateClient(root, node, env) {
  const schema = path.join(root, SCHEMA)
  const stamp = path.join(root, 'node_modules', '.darkroom-generated')
  if (!existsSync(schema)) return
  const text = readFileSync(schema, 'utf8')
  const wanted = createHash('sha256')
    .update(postgresSchema(text))
    .update(versionOf(root, 'prisma'))
    .digest('hex')
  if (existsSync(path.join(root, CLIENT)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted)
    return
  const generate = async (file) => {
    const { code, output } = await runToEnd(
      node,
      [path.join(root, 'node_modules/prisma/build/index.js'), 'generate', '--schema', file],
      { cwd: root, env: { ...env, PRISMA_SCHEMA_ENGINE_BINARY: node } },
    )
    if (code !== 0)
      throw new SetupError(`The database client could not be generated from ${SCHEMA}:\n${output}`)
  }
  await step('generate the database clients (prisma)', async () => {
    // Prisma deletes the files of the second client with the first one, and refuses the folders that are left
    rmSync(path.join(root, CLIENT), { recursive: true, force: true })
    await generate(schema)
    const printed = path.join(root, CLIENT, 'postgres.prisma')
    writeFileSync(printed, postgresSchema(text))
    await generate(printed)
  })
  writeFileSync(stamp, wanted)
}

/** The same tables for PostgreSQL: printed, so that there is one schema to change. */
function postgresSchema(text) {
  const printed = text
    .replace('provider = "sqlite"', 'provider = "postgresql"')
    .replace('output                 = "../lib/data/generated"', 'output                 = "./postgres"')
  if (!printed.includes('"postgresql"') || !printed.includes('"./postgres"'))
    throw new SetupError(`${SCHEMA}: the lines with the provider and the output folder are not understood.`)
  return printed
}

/**
 * Builds the pages when one of their sources changed since the last build.
 * @param {string} root @param {string} node @param {NodeJS.ProcessEnv} env
 */
export async function buildPages(root, node, env) {
  const stamp = path.join(root, '.next', 'darkroom-build.json')
  const files = sourceFiles(root)
  const built =
    existsSync(stamp) && existsSync(path.join(root, '.next', 'BUILD_ID'))
      ? JSON.parse(readFileSync(stamp, 'utf8'))
      : undefined
  const glance = hashOf(files, (file) => {
    const at = statSync(file)
    return `${at.size} ${at.mtimeMs}`
  })
  if (built?.glance === glance) return
  const content = hashOf(files, (file) => readFileSync(file))
  if (built?.content !== content) {
    await step('build the pages (next build)', async () => {
      const { code, output } = await runToEnd(
        node,
        [path.join(root, 'node_modules/next/dist/bin/next'), 'build'],
        { cwd: root, env: { ...env, NODE_ENV: 'production' } },
      )
      if (code !== 0)
        throw new SetupError(`The pages could not be built: next build ended with code ${code}.\n${output}`)
    })
  }
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, JSON.stringify({ glance, content }))
}

function sourceFiles(root) {
  const found = []
  const walk = (name) => {
    const file = path.join(root, name)
    if (NOT_IN_PAGES.has(name) || !existsSync(file)) return
    if (!statSync(file).isDirectory()) {
      if (!/\.(test|fakes)\.tsx?$/.test(name)) found.push(file)
      return
    }
    for (const entry of readdirSync(file).sort()) walk(`${name}/${entry}`)
  }
  for (const name of SOURCES) walk(name)
  return found
}

function hashOf(files, about) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update('\0').update(about(file)).update('\0')
  return hash.digest('hex')
}

const versionOf = (root, name) =>
  JSON.parse(readFileSync(path.join(root, 'node_modules', name, 'package.json'), 'utf8')).version
