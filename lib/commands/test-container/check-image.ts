/** What the image promises, each with what was measured. */
import { setTimeout as pause } from 'node:timers/promises'
import { drawShape, type ShapeName } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'
import { health } from '#lib/contracts/operations.ts'
import { getRun, retrain } from '#lib/contracts/retrain.ts'
import type { CheckResult } from '../test-faults/fault-scenario.ts'
import { smallImage } from '../test-faults/traffic.ts'
import type { ContainerEngine, RunningContainer } from './container-engine.ts'

const MEMORY_MB = 512
const MOST_MEGABYTES = { usual: 1_400, tensorflow: 2_400 } as const
const LONGEST_START_MS = 60_000
const LONGEST_TRAINING_MS = 600_000
/** `docker stop` waits as long before it kills. */
const LONGEST_END_MS = 10_000
const CLASSES = ['circle', 'square', 'triangle'] as const
const IMAGES_PER_CLASS = 20
const HEALTH =
  'fetch(`http://127.0.0.1:${process.env.PORT}/api/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1))'
/** Prints a key, created in the same way as on the owner's page. */
const CREATE_KEY =
  "import('/app/lib/commands/load/own-product-key.ts').then(({ createOwnKey }) => " +
  "createOwnKey('/data', { name: 'container', scopes: ['admin'] })).then((key) => console.log(key))"

type Image = {
  readonly tag: string
  readonly target: string | null
  /** For the build. */
  readonly volumes: readonly string[]
  /** Without: the image of an earlier build. */
  readonly isBuilt: boolean
  readonly say: (line: string) => void
}

export async function checkImage(
  engine: ContainerEngine,
  { tag, target, volumes, isBuilt, say }: Image,
): Promise<readonly CheckResult[]> {
  const rows: CheckResult[] = []
  const add = (row: CheckResult): void => {
    rows.push(row)
    say(`${row.holds ? '✓' : '✗'} ${row.what}: ${row.measured}`)
  }
  const began = performance.now()
  if (isBuilt) await engine.build(tag, { target, volumes })
  const kind = target === 'tensorflow' ? 'tensorflow' : 'usual'
  const megabytes = Math.round((await engine.sizeBytes(tag)) / 1e6)
  add({
    what: isBuilt ? `the image is built by ${engine.name}` : `the image, in ${engine.name}`,
    expected: `at most ${MOST_MEGABYTES[kind].toLocaleString('en')} MB unpacked`,
    measured: `${megabytes.toLocaleString('en')} MB, in ${Math.round((performance.now() - began) / 1000)} s`,
    holds: megabytes <= MOST_MEGABYTES[kind],
  })
  const started = performance.now()
  await using container = await engine.run(tag, { memoryMb: MEMORY_MB })
  add(await startOf(container, started))
  add(await userOf(container))
  add(await healthOf(container))
  add(await trainingIn(container))
  add(await engineOf(container, target))
  add(await endOf(container))
  return rows
}

const status = (url: string): Promise<number> =>
  fetch(url).then(
    (response) => response.status,
    () => 0,
  )

async function startOf(container: RunningContainer, began: number): Promise<CheckResult> {
  let code = 0
  while (performance.now() - began < LONGEST_START_MS && code !== 200) {
    await pause(50)
    code = await status(`${container.url}/api/health/ready`)
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  return {
    what: `it starts on a read-only file system, in ${MEMORY_MB} MB`,
    expected: `ready within ${LONGEST_START_MS / 1000} s`,
    measured: code === 200 ? `ready after ${seconds} s` : `not ready: ${container.output().slice(-600)}`,
    holds: code === 200,
  }
}

async function userOf(container: RunningContainer): Promise<CheckResult> {
  const script = 'id -u; touch /app/written 2>/dev/null && echo writable || echo read-only; ls -ld /data'
  const { output } = await container.exec(['sh', '-c', script])
  return {
    what: 'its user and its files',
    expected: 'not root; its program cannot be changed; only its user can read /data',
    measured: output.trim().replaceAll('\n', '; '),
    holds: /^[1-9]\d*$/m.test(output) && output.includes('read-only') && output.includes('drwx------'),
  }
}

async function healthOf(container: RunningContainer): Promise<CheckResult> {
  const { code } = await container.exec(['node', '-e', HEALTH])
  const answer = await fetch(`${container.url}/api/predict?classifier=shapes`, {
    method: 'POST',
    body: new Uint8Array(smallImage(1)),
  })
  const pages = await status(`${container.url}/login`)
  return {
    what: 'health check, a prediction and a page',
    expected: 'exit code 0; 200; 200',
    measured: `${code}; ${answer.status}; ${pages}`,
    holds: code === 0 && answer.status === 200 && pages === 200,
  }
}

async function trainingIn(container: RunningContainer): Promise<CheckResult> {
  const created = await container.exec(['node', '--disable-warning=ExperimentalWarning', '-e', CREATE_KEY])
  const headers = { authorization: `Bearer ${created.output.trim()}`, 'content-type': 'application/json' }
  const request = async (place: string, more: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(container.url + place, { headers, ...more })
    if (!response.ok) throw new Error(`${place}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  for (const shape of CLASSES) await upload(container, { authorization: headers.authorization, shape })
  const began = performance.now()
  const body = JSON.stringify({ classifier: 'drawn' })
  let { run } = retrain.output.parse(await request('/api/retrain', { method: 'POST', body }))
  while (run.ended_at === null && performance.now() - began < LONGEST_TRAINING_MS) {
    await pause(500)
    run = getRun.output.parse(await request(`/api/runs/${run.id}`))
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  return {
    what: `a training run in ${MEMORY_MB} MB`,
    expected: 'it ends with a version',
    measured: `${run.state} after ${seconds} s, ${run.images?.train} images; ${run.error ?? 'no error'}`,
    holds: run.state === 'done',
  }
}

/** Images that the program draws itself; the first upload creates the classifier. */
async function upload(
  { url }: RunningContainer,
  { authorization, shape }: { readonly authorization: string; readonly shape: ShapeName },
): Promise<void> {
  const form = new FormData()
  form.set('classifier', 'drawn')
  form.set('create', 'true')
  form.set('label', shape)
  for (let seed = 0; seed < IMAGES_PER_CLASS; seed++) {
    const png = new Uint8Array(encodePng(drawShape(shape, seed)))
    form.append('files', new Blob([png]), `${shape}-${seed}.png`)
  }
  const response = await fetch(`${url}/api/upload`, {
    method: 'POST',
    headers: { authorization },
    body: form,
  })
  if (!response.ok) throw new Error(`The upload failed: ${response.status} ${await response.text()}`)
}

async function engineOf(container: RunningContainer, target: string | null): Promise<CheckResult> {
  const { engines } = health.output.parse(await (await fetch(`${container.url}/api/health`)).json())
  const expected = target === null ? 'onnx' : 'tfjs-node'
  return {
    what: 'engines',
    expected: `${expected} is available`,
    measured: engines.map(({ name, state }) => `${name}: ${state}`).join(', '),
    holds: engines.some(({ name, state }) => name === expected && state !== 'unavailable'),
  }
}

async function endOf(container: RunningContainer): Promise<CheckResult> {
  const began = performance.now()
  await container.signal('TERM')
  const code = await Promise.race([container.exit, pause(LONGEST_END_MS * 2, 'still running' as const)])
  const ms = Math.round(performance.now() - began)
  return {
    what: 'SIGTERM to process 1',
    expected: `exit code 0 within ${LONGEST_END_MS / 1000} s`,
    measured: `${String(code)} after ${ms.toLocaleString('en')} ms`,
    holds: code === 0 && ms <= LONGEST_END_MS,
  }
}
