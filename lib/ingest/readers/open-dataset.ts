/** Opens any set of labelled images: the official ones by name, others from a ZIP or a folder of
 *  class folders. Nothing is returned before its source has been checked. */
import { DarkroomError } from '#lib/domain/errors.ts'
import { openCifar10 } from './cifar10.ts'
import { openFolderOfFolders, openZipOfFolders } from './read-set.ts'
import type { Dataset, DatasetOptions } from './labelled-image.ts'
import { openMnist } from './mnist.ts'
import { isFolder } from './official-file.ts'
import { openShapes } from './shapes.ts'

export async function openDataset(name: string, opening: DatasetOptions = {}): Promise<Dataset> {
  if (name === 'mnist') return openMnist(opening)
  if (name === 'cifar10') return openCifar10(opening)
  if (opening.from !== undefined)
    return (await isFolder(opening.from))
      ? openFolderOfFolders(opening.from, opening)
      : openZipOfFolders(opening.from, opening)
  if (name === 'shapes') return openShapes(undefined, opening.signal)
  throw new DarkroomError('invalid_input', {
    what: `The data set "${name}" is not known`,
    why: 'only mnist, cifar10 and shapes are available by name',
    remedy: 'Pass a ZIP archive or a folder of class folders with --from.',
  })
}
