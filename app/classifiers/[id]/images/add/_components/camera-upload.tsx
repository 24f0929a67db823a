'use client'
/** Opens the camera where images are added: that of this device, or that of a phone. */
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { FocusOnArrival } from '../../../../../_components/focus-on-arrival.tsx'
import type { UploadWork } from './use-upload.ts'

/** Loaded when they are opened. */
const RecordImages = dynamic(() => import('../../../../../_components/recording/record-images.tsx'), {
  ssr: false,
})
const PhonePanel = dynamic(() => import('../../../../../_components/phone/phone-panel.tsx'), { ssr: false })

type CameraUploadProps = {
  readonly upload: UploadWork
  readonly classifier: { readonly id: string; readonly classes: readonly string[] }
  readonly phone: PhoneAccess
}
/** Where a phone reaches Darkroom (null: nowhere), and whether this user may let one in. */
export type PhoneAccess = { readonly address: string | null; readonly mayCreateLink: boolean }

export function CameraUpload({
  upload: { progress, sendBursts },
  classifier: { id, classes },
  phone: { address, mayCreateLink },
}: CameraUploadProps) {
  const [opened, setOpened] = useState<'camera' | 'phone' | null>(null)
  const close = () => setOpened(null)
  switch (opened) {
    case 'camera':
      return (
        <FocusOnArrival label="Camera">
          <RecordImages
            classes={classes}
            onlyClass={null}
            progress={progress}
            onSend={(bursts, onSent) => void sendBursts(bursts, onSent)}
            onClose={close}
          />
        </FocusOnArrival>
      )
    case 'phone':
      return (
        <FocusOnArrival label="Phone">
          <PhonePanel classifier={id} classes={classes} address={address} onClose={close} />
        </FocusOnArrival>
      )
    case null:
      return (
        <div className="row">
          <Button disabled={progress !== null} onClick={() => setOpened('camera')}>
            Record with the camera
          </Button>
          {mayCreateLink && (
            <Button disabled={progress !== null} onClick={() => setOpened('phone')}>
              Use a phone
            </Button>
          )}
        </div>
      )
  }
}
