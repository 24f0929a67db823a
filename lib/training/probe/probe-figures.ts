/** Figures of probes, stored in DATA_DIR/cache/probes by what they depend on, so that the next forecast is
 *  immediate. They can always be measured again: files that are old, damaged or of another format are ignored. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { PROBE_FORMAT, storedProbe, type ProbeFigures } from '#lib/contracts/probe.ts'
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import { writeJson } from '../run/plan.ts'

const VALID_MS = 14 * 24 * 3600 * 1000 // machines, images and other processes change
const MOST_FILES = 100

/** Everything that the figures depend on; the number of images only through the resulting batch size. */
export type ProbeSubject = Pick<
  RunPlan,
  'classes' | 'start' | 'recipe' | 'spec' | 'engine' | 'codeVersion'
> & { readonly classifier: string; readonly memory: number | 'auto'; readonly batch: number }

export function probeName({ recipe, ...subject }: ProbeSubject): string {
  const { epochs: _epochs, ...settings } = recipe.settings
  const machine = [cpus()[0]?.model, availableParallelism(), totalmem()]
  return createHash('sha256')
    .update(
      JSON.stringify([
        machine,
        { ...subject, classes: subject.classes.length },
        recipe.name,
        { ...settings, patience: null },
      ]),
    )
    .digest('hex')
    .slice(0, 32)
}

export async function readProbe(dataDir: string, name: string, now: number): Promise<ProbeFigures | null> {
  const file = join(folderOf(dataDir), `${name}.json`)
  try {
    if (now - (await stat(file)).mtimeMs > VALID_MS) return null
    return storedProbe.parse(JSON.parse(await readFile(file, 'utf8'))).figures
  } catch {
    return null
  }
}

export async function writeProbe(dataDir: string, name: string, figures: ProbeFigures): Promise<void> {
  const folder = folderOf(dataDir)
  await mkdir(folder, { recursive: true })
  await writeJson(join(folder, `${name}.json`), { format: PROBE_FORMAT, figures })
  const files = await Promise.all(
    (await readdir(folder)).map(async (file) => ({
      file,
      at: (await stat(join(folder, file)).catch(() => null))?.mtimeMs ?? 0,
    })),
  )
  for (const { file } of files.toSorted((a, b) => b.at - a.at).slice(MOST_FILES))
    await rm(join(folder, file), { force: true })
}

const folderOf = (dataDir: string): string => join(dataDir, 'cache', 'probes')
