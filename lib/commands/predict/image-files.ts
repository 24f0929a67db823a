/** The files that a command line names: files themselves, and of a folder all files in it and in its subfolders. */
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { DarkroomError } from '#lib/domain/errors.ts'
import { hiddenFolderOf, systemReason } from '#lib/domain/reading/system-files.ts'

/**
 * In alphabetical order within a folder, without hidden files. Throws if one of `named` does not exist, or if there is
 * no file at all.
 */
export async function imageFiles(named: readonly string[]): Promise<readonly string[]> {
  const files = (await Promise.all(named.map(filesAt))).flat()
  if (files.length > 0) return files
  throw new DarkroomError('missing_file', {
    what: 'There is nothing to predict',
    why: `${named.join(', ')} contains no file`,
    remedy: 'Name images, or a folder with images.',
  })
}

async function filesAt(name: string): Promise<readonly string[]> {
  const about = await stat(name).catch((cause: unknown) => {
    throw new DarkroomError(
      'not_found',
      { what: `${name} does not exist`, why: 'no file or folder has this name', remedy: 'Check the name.' },
      { cause },
    )
  })
  if (!about.isDirectory()) return [name]
  const entries = await readdir(name, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(name, path.join(entry.parentPath, entry.name)))
    .filter((file) => isShown(file.replaceAll(path.sep, '/')))
    .toSorted()
    .map((file) => path.join(name, file))
}

const isShown = (file: string): boolean => hiddenFolderOf(file) === null && systemReason(file) === null
