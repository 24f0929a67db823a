'use client'
/** Where files are dropped, and what an upload of them would add; both are parts of an upload form. */
import { useEffect, useRef } from 'react'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { Checkbox } from '#lib/ui/field.tsx'
import { DropZone } from '#lib/ui/drop-zone.tsx'
import { Progress } from '#lib/ui/progress.tsx'
import { PlanCard } from './plan-card.tsx'
import { StagedFiles } from './staged-files.tsx'
import { hintOf, unsortedIn } from './upload-requests.ts'
import type { UploadWork } from './use-upload.ts'

export type UploadLimits = { readonly uploadBytes: number; readonly imageBytes: number }

export function UploadDropZone({
  upload: { add, progress },
  limits,
}: {
  readonly upload: UploadWork
  readonly limits: UploadLimits
}) {
  return (
    <DropZone
      title="Drop images, folders or a ZIP here"
      accept="image/*,.heic,.heif,.zip,.tm,.csv,.tsv,.json,.jsonl,.xml,.txt"
      allowFolders
      acceptPaste
      isDisabled={progress !== null}
      hint={hintOf(limits)}
      onFiles={add}
    />
  )
}

/** The selected files with their plan and the button that uploads them; then the progress. */
export function ReadyFiles({
  upload,
  classes,
  mayBeUnlabelled = false,
}: {
  readonly upload: UploadWork
  readonly classes: readonly string[]
  /** Whether the images can be labelled afterwards. */
  readonly mayBeUnlabelled?: boolean
}) {
  const { files, label, setLabel, isUnlabelled, plan, progress, chooseReading, clear, cancel, send } = upload
  const actions = useRef<HTMLDivElement>(null)
  // on a small screen they are below the drop zone that was pressed
  useEffect(() => {
    void actions.current?.scrollIntoView({ block: 'nearest' })
  }, [plan.kind])
  const needsLabel = !isUnlabelled && unsortedIn(files).length > 0 && label.trim() === ''
  return (
    <>
      <StagedFiles
        entries={files}
        label={label}
        classes={classes}
        onLabel={setLabel}
        isUnlabelled={isUnlabelled}
        isDisabled={progress !== null}
      />
      {mayBeUnlabelled && (
        <Checkbox
          label="Upload without labels"
          hint="The images wait until you label them. Folders and tables are ignored."
          checked={isUnlabelled}
          disabled={progress !== null}
          onChange={(event) => upload.setIsUnlabelled(event.currentTarget.checked)}
        />
      )}
      {!isUnlabelled && <PlanCard plan={plan} isDisabled={progress !== null} onReading={chooseReading} />}
      {progress ? (
        <>
          <Progress label={progress.label} percent={progress.percent} />
          <div>
            <Button onClick={cancel}>Cancel</Button>
          </div>
        </>
      ) : (
        <div ref={actions} className="row scroll-mb-4">
          <Button
            variant="primary"
            onClick={() => void send()}
            disabled={(plan.kind === 'reading' && !isUnlabelled) || needsLabel}
          >
            Upload {files.length === 1 ? files[0]?.file.name : counted(files.length, 'file')}
          </Button>
          <Button variant="quiet" onClick={clear}>
            Clear
          </Button>
        </div>
      )}
    </>
  )
}
