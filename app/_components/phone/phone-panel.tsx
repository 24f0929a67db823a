'use client'
/** A link for a phone: its QR code, when it ends, and the images that arrive through it while this page is open. */
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PhoneLinkAnswer } from '#lib/contracts/phone-links.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import { ClassField } from '../class-field.tsx'
import { failureOf } from '../request-error.ts'
import { NotReachable } from './not-reachable.tsx'
import { QrLink } from './qr-link.tsx'
import { useArrivals, type ShownLink } from './use-arrivals.ts'

type PhonePanelProps = {
  readonly classifier: string
  readonly classes: readonly string[]
  /** Where a phone reaches Darkroom; null: nowhere. */
  readonly address: string | null
  readonly onClose: () => void
}

export default function PhonePanel({ classifier, classes, address, onClose }: PhonePanelProps) {
  const [label, setLabel] = useState('')
  const [shown, setShown] = useState<ShownLink | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [isBusy, setIsBusy] = useState(false)
  useArrivals(classifier, shown, setShown)
  const attempt = async (work: () => Promise<void>) => {
    setIsBusy(true)
    setFailure(null)
    await work().catch((error: unknown) => setFailure(failureOf(error)))
    setIsBusy(false)
  }
  const create = () =>
    attempt(async () => {
      const name = label.trim()
      const { token, ...link } = await call('POST /api/phone-links', {
        classifier,
        ...(name && { label: name }),
      })
      setShown({ token, link })
    })
  const end = ({ token, link }: ShownLink) =>
    attempt(async () => {
      await call('DELETE /api/phone-links/{id}', { id: link.id })
      setShown({ token, link: { ...link, state: 'ended' } })
    })
  if (address === null)
    return (
      <section className="grid gap-3" aria-label="Use a phone">
        <NotReachable next="Then select “Use a phone” again." />
        <div className="row">
          <Button variant="quiet" onClick={onClose}>
            Close
          </Button>
        </div>
      </section>
    )
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3" aria-label="Use a phone">
      {failure && (
        <ErrorNotice
          title={shown === null ? 'The link was not created' : 'The link was not ended'}
          failure={failure}
        />
      )}
      {shown === null ? (
        <>
          <p className="small">
            A phone can add images to this classifier by a link that works for 30 minutes, without an account.
            It can predict with this classifier, and nothing else.
          </p>
          <div className="max-w-sm">
            <ClassField
              label="Only for this class (optional)"
              value={label}
              classes={classes}
              isDisabled={isBusy}
              isOptional
              onValue={setLabel}
            />
          </div>
          <div className="row">
            <Button variant="primary" isBusy={isBusy} onClick={() => void create()}>
              Create the link
            </Button>
            <Button variant="quiet" onClick={onClose}>
              Close
            </Button>
          </div>
        </>
      ) : (
        <>
          {shown.link.state === 'active' ? (
            <ActiveLink address={`${address}/phone/${shown.token}`} link={shown.link} />
          ) : (
            <p role="status">The link has ended. The phone can no longer use it.</p>
          )}
          <Arrivals link={shown.link} />
          <div className="row">
            {shown.link.state === 'active' ? (
              <Button isBusy={isBusy} onClick={() => void end(shown)}>
                End now
              </Button>
            ) : (
              <>
                <Button onClick={() => setShown(null)}>Create another link</Button>
                <Button variant="quiet" onClick={onClose}>
                  Close
                </Button>
              </>
            )}
          </div>
        </>
      )}
    </section>
  )
}

function ActiveLink({ address, link }: { readonly address: string; readonly link: PhoneLinkAnswer }) {
  return (
    <QrLink
      address={address}
      name="the phone link"
      withoutHttps={
        <>
          This address has no HTTPS, so the phone can take and choose photos, but not record.{' '}
          <a className="link" href="/docs#https">
            How to set up HTTPS
          </a>
        </>
      }
    >
      Scan the code with the camera of a phone in the same network. The link{' '}
      {link.label === null ? 'is for all classes' : `is for the class ${link.label}`} and ends at{' '}
      <strong>{timeOf(link.expires_at)}</strong>. Anyone who has it can add images until then.
    </QrLink>
  )
}

function Arrivals({ link: { images, latest } }: { readonly link: PhoneLinkAnswer }) {
  return (
    <div className="grid gap-2">
      <p className="small" role="status">
        {images === 0
          ? 'No images yet. They appear here when the phone sends them.'
          : `${counted(images, 'image')} from the phone`}
      </p>
      {latest.length > 0 && (
        <div className="tiles">
          {latest.map(({ id, label, image_url }) => (
            <ImageTile key={id} src={`${image_url}?size=128`} alt={`From the phone: ${label ?? 'no class'}`}>
              {label}
            </ImageTile>
          ))}
        </div>
      )}
    </div>
  )
}

const timeOf = (time: string): string =>
  new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
