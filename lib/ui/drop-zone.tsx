'use client'
/** Accepts files by drop, file dialog or paste, including whole folders. It only hands them over. */
import { useEffect, useRef, useState, type DragEvent, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

/** A file with its path from the selected folder on; its name alone if it came in none. */
export type SelectedFile = { readonly file: File; readonly path: string }

type DropZoneProps = {
  readonly title: string
  readonly hint: ReactNode
  /** As in `<input accept>`. */
  readonly accept: string
  readonly multiple?: boolean
  readonly allowFolders?: boolean
  readonly acceptPaste?: boolean
  readonly isDisabled?: boolean
  readonly onFiles: (entries: readonly SelectedFile[]) => void
}

export function DropZone({
  title,
  hint,
  accept,
  multiple = true,
  allowFolders = false,
  acceptPaste = false,
  isDisabled = false,
  onFiles,
}: DropZoneProps) {
  const [isOver, setIsOver] = useState(false)
  const files = useRef<HTMLInputElement>(null)
  const folders = useRef<HTMLInputElement>(null)
  const add = (entries: readonly SelectedFile[]) => {
    if (entries.length > 0 && !isDisabled) onFiles(multiple ? entries : entries.slice(0, 1))
  }
  usePaste(acceptPaste && !isDisabled, add)

  const drop = async (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    add(await entriesOf(event.dataTransfer))
  }
  const addFrom = (input: HTMLInputElement) => {
    add(Array.from(input.files ?? [], (file) => ({ file, path: file.webkitRelativePath || file.name })))
    input.value = ''
  }
  useEffect(() => {
    // Files chosen before the scripts of the page ran, or restored by the browser.
    for (const input of [files.current, folders.current]) if (input?.files?.length) addFrom(input)
  })

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
      <Icon name="image" />
      <div>
        <p className="font-semibold">{title}</p>
        <p className="small muted">{hint}</p>
      </div>
      <div className="row justify-center">
        <Button variant="primary" disabled={isDisabled} onClick={() => files.current?.click()}>
          Choose {multiple ? 'files' : 'a file'}
        </Button>
        {allowFolders && (
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
        multiple={multiple}
        aria-label={title}
        onChange={(event) => addFrom(event.currentTarget)}
      />
      {allowFolders && (
        <input
          ref={folders}
          type="file"
          hidden
          multiple
          aria-label={`${title}, a folder`}
          {...{ webkitdirectory: '' }}
          onChange={(event) => addFrom(event.currentTarget)}
        />
      )}
    </div>
  )
}

function usePaste(isOn: boolean, add: (entries: readonly SelectedFile[]) => void) {
  useEffect(() => {
    if (!isOn) return
    const paste = (event: ClipboardEvent) => {
      const pasted = Array.from(event.clipboardData?.files ?? [])
      if (pasted.length === 0) return
      event.preventDefault()
      add(pasted.map((file) => ({ file, path: file.name })))
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  })
}

/** Reads the entries before the first await: the browser empties the transfer after the event. */
async function entriesOf(transfer: DataTransfer): Promise<readonly SelectedFile[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter(
    (entry) => entry !== null,
  )
  if (entries.every((entry) => entry.isFile))
    return Array.from(transfer.files, (file) => ({ file, path: file.name }))
  return (await Promise.all(entries.map((entry) => filesUnder(entry)))).flat()
}

async function filesUnder(entry: FileSystemEntry): Promise<readonly SelectedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ file, path: entry.fullPath.replace(/^\//, '') }]
  }
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
  return (await Promise.all(all.map((one) => filesUnder(one)))).flat()
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
