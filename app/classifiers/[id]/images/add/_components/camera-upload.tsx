'use client'
/** Opens the camera where images are added. */
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { Button } from '#lib/ui/button.tsx'
import type { UploadWork } from './use-upload.ts'

/** Loaded when the camera is opened. */
const RecordImages = dynamic(() => import('../../../../../_components/recording/record-images.tsx'), {
  ssr: false,
})

export function CameraUpload({
  upload: { progress, sendBursts },
  classes,
}: {
  readonly upload: UploadWork
  readonly classes: readonly string[]
}) {
  const [isOpen, setIsOpen] = useState(false)
  if (!isOpen)
    return (
      <div className="row">
        <Button disabled={progress !== null} onClick={() => setIsOpen(true)}>
          Record with the camera
        </Button>
      </div>
    )
  return (
    <RecordImages
      classes={classes}
      onlyClass={null}
      progress={progress}
      onSend={(bursts, onSent) => void sendBursts(bursts, onSent)}
      onClose={() => setIsOpen(false)}
    />
  )
}
