'use client'
/** Takes files by drop, choice or paste, whole folders too. It sends nothing: it says what was brought. */
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** A file with the name of the folder it lay in, if it came in one. */
export type Brought = { readonly file: File; readonly folder: string | null }

type DropZoneProps = {
  readonly title: string
  readonly hint: ReactNode
  /** As in `<input accept>`. */
  readonly accept: string
  readonly mayBringMany?: boolean
  readonly mayBringFolders?: boolean
  readonly takesPaste?: boolean
  readonly isDisabled?: boolean
  readonly onBring: (brought: readonly Brought[]) => void
}

export function DropZone({
  title,
  hint,
  accept,
  mayBringMany = true,
  mayBringFolders = false,
  takesPaste = false,
  isDisabled = false,
  onBring,
}: DropZoneProps) {
  const [isOver, setIsOver] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folders = useRef<HTMLInputElement>(null)
  const bring = (brought: readonly Brought[]) => {
    if (brought.length > 0 && !isDisabled) onBring(mayBringMany ? brought : brought.slice(0, 1))
  }
  usePaste(takesPaste && !isDisabled, bring)

  const drop = async (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    bring(await broughtBy(event.dataTransfer))
  }
  const take = (input: HTMLInputElement) => {
    bring(Array.from(input.files ?? [], (file) => ({ file, folder: folderOf(file.webkitRelativePath) })))
    input.value = ''
  }

  return (
    <div
      className="drop-zone"
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <Icon name="picture" />
      <div>
        <p className="font-semibold">{title}</p>
        <p className="small muted">{hint}</p>
      </div>
      <div className="row justify-center">
        <Button variant="primary" disabled={isDisabled} onClick={() => files.current?.click()}>
          Choose {mayBringMany ? 'files' : 'a file'}
        </Button>
        {mayBringFolders && (
          <Button disabled={isDisabled} onClick={() => folders.current?.click()}>
            Choose a folder
          </Button>
        )}
      </div>
      <input
        ref={files}
        type="file"
        hidden
        accept={accept}
        multiple={mayBringMany}
        aria-label={title}
        onChange={(event) => take(event.currentTarget)}
      />
      {mayBringFolders && (
        <input
          ref={folders}
          type="file"
          hidden
          multiple
          aria-label={`${title}, a folder`}
          {...{ webkitdirectory: '' }}
          onChange={(event) => take(event.currentTarget)}
        />
      )}
    </div>
  )
}

function usePaste(isOn: boolean, bring: (brought: readonly Brought[]) => void) {
  useEffect(() => {
    if (!isOn) return
    const paste = (event: ClipboardEvent) => {
      const pasted = Array.from(event.clipboardData?.files ?? [])
      if (pasted.length === 0) return
      event.preventDefault()
      bring(pasted.map((file) => ({ file, folder: null })))
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  })
}

const folderOf = (path: string): string | null => path.split('/').at(-2) ?? null

/** Entries must be asked for before the first await: the browser empties the transfer after the event. */
async function broughtBy(transfer: DataTransfer): Promise<readonly Brought[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter(
    (entry) => entry !== null,
  )
  if (entries.every((entry) => entry.isFile))
    return Array.from(transfer.files, (file) => ({ file, folder: null }))
  return (await Promise.all(entries.map((entry) => filesUnder(entry, null)))).flat()
}

async function filesUnder(entry: FileSystemEntry, folder: string | null): Promise<readonly Brought[]> {
  if (isFile(entry))
    return [{ file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)), folder }]
  if (!isDirectory(entry)) return []
  const reader = entry.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) break
    all.push(...some)
  }
  return (await Promise.all(all.map((one) => filesUnder(one, entry.name)))).flat()
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
