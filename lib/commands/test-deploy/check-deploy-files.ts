/** The checks of `npm run test:deploy`: each file against its schema, a changed copy that must be refused, and the
 *  environment of every container against the settings. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { settings } from '#lib/contracts/settings.ts'
import type { CheckResult } from '../test-faults/fault-scenario.ts'
import { kindOf, type Schemas } from './schemas.ts'

const DARKROOM_SERVICES = ['web', 'worker'] as const

export function checkDeployFiles(folder: string, schemas: Schemas): readonly CheckResult[] {
  const read = (...place: string[]): string => readFileSync(path.join(folder, ...place), 'utf8')
  const rows: CheckResult[] = []
  for (const name of readdirSync(folder).filter((one) => one.startsWith('docker-compose')))
    rows.push(...composeRows(name, read(name), schemas))
  for (const name of readdirSync(path.join(folder, 'kubernetes')))
    if (name !== 'kustomization.yaml') rows.push(...kubernetesRows(name, read('kubernetes', name), schemas))
  rows.push(listedRow(read('kubernetes', 'kustomization.yaml'), readdirSync(path.join(folder, 'kubernetes'))))
  return rows
}

function composeRows(name: string, text: string, { parse, compose }: Schemas): CheckResult[] {
  const [file] = parse(text) as readonly ComposeFile[]
  const [broken] = parse(text.replace('restart:', 'restrat:'))
  const environment = DARKROOM_SERVICES.flatMap((service) =>
    Object.keys(file?.services[service]?.environment ?? {}),
  )
  return [
    row(`${name}: the schema of Compose`, compose(file)),
    refusedRow(`${name} with "restrat" instead of "restart"`, compose(broken)),
    row(`${name}: every variable is a setting`, unknownIn(environment)),
  ]
}

function kubernetesRows(name: string, text: string, { parse, kubernetes }: Schemas): CheckResult[] {
  const resources = parse(text)
  const variables = resources.flatMap(variablesOf)
  return [
    row(
      `${name}: the types of ${resources.map((one) => kindOf(one).split(' ')[1]).join(', ')}`,
      kubernetes(resources),
    ),
    refusedRow(
      `${name} with "metdata" instead of "metadata"`,
      kubernetes(parse(text.replace('metadata:', 'metdata:'))),
    ),
    row(`${name}: every variable is a setting`, unknownIn(variables)),
  ]
}

type ComposeFile = {
  readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>
}
type Resource = {
  readonly data?: Readonly<Record<string, string>>
  readonly stringData?: Readonly<Record<string, string>>
  readonly spec?: {
    readonly template?: {
      readonly spec: {
        readonly containers: readonly { readonly env?: readonly { readonly name: string }[] }[]
      }
    }
  }
}

function variablesOf(resource: unknown): string[] {
  const { data = {}, stringData = {}, spec } = resource as Resource
  const containers = spec?.template?.spec.containers ?? []
  return [
    ...Object.keys(data),
    ...Object.keys(stringData),
    ...containers.flatMap(({ env = [] }) => env.map(({ name }) => name)),
  ]
}

/** Read by the client of the object store. */
const OF_OBJECT_STORE = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']

const unknownIn = (variables: readonly string[]): string[] =>
  variables
    .filter((name) => !(name in settings.shape) && !OF_OBJECT_STORE.includes(name))
    .map((name) => `${name} is not a setting`)

function listedRow(kustomization: string, files: readonly string[]): CheckResult {
  const left = files.filter(
    (name) =>
      name !== 'kustomization.yaml' && !name.includes('.example.') && !kustomization.includes(`- ${name}\n`),
  )
  return row(
    'kustomization.yaml lists every file but examples',
    left.map((name) => `${name} is missing`),
  )
}

const row = (what: string, wrong: readonly string[]): CheckResult => ({
  what,
  expected: 'nothing is wrong',
  measured: wrong.length === 0 ? 'nothing' : wrong.slice(0, 3).join('; '),
  holds: wrong.length === 0,
})

const refusedRow = (what: string, wrong: readonly string[]): CheckResult => ({
  what,
  expected: 'it is refused',
  measured: wrong[0]?.slice(0, 120) ?? 'accepted',
  holds: wrong.length > 0,
})
