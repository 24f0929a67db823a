/** What a Python package has next to the ONNX files of a version: the program with the preprocessing, its requirements,
 *  and the temperature of the probabilities. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutgoingEntry } from '#lib/archive/write-zip.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { readCard } from '#lib/ml/formats/bundle.ts'

const PROGRAM = ['predict.py', 'images.py', 'requirements.txt'] as const
const FOLDER = join(import.meta.dirname, 'python-package')

/** @throws DarkroomError `not_found` for digits: finding the ink in an image is not part of the program */
export async function pythonFiles({
  folder,
  name,
  classifierId,
  preprocess,
}: Version): Promise<readonly OutgoingEntry[]> {
  if (preprocess.fit === 'digit')
    throw new DarkroomError('not_found', {
      what: `${name} of "${classifierId}" is not available as a Python package`,
      why: 'it reads digits, whose preparation exists only in Darkroom',
      remedy: 'Download it as ONNX and prepare the images yourself, or use the API.',
    })
  const { calibration } = await readCard(folder)
  const facts = { classifier: classifierId, version: name, temperature: calibration?.temperature ?? 1 }
  return [
    ...(await Promise.all(
      PROGRAM.map(async (path) => ({ path, content: await readFile(join(FOLDER, path)) })),
    )),
    { path: 'version.json', content: Buffer.from(JSON.stringify(facts, null, 1)) },
  ]
}
