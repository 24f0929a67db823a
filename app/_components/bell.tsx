'use client'
/** The bell on every page: what has happened since the user last looked. Opening it marks all as read. */
import Link from 'next/link'
import { useId, useRef, useState } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { useIsInBrowser } from '#lib/ui/time.tsx'
import { bellLabel } from './notice-text.ts'
import { useNotices } from './use-notices.ts'

export function Bell() {
  const { list, markRead } = useNotices()
  const panel = useRef<HTMLDivElement>(null)
  const id = useId()
  const unread = list?.unread ?? 0
  return (
    <>
      <button
        type="button"
        {...{ popoverTarget: id }}
        className="button bell"
        data-variant="quiet"
        aria-label={bellLabel(unread)}
      >
        <Icon name="bell" />
        {unread > 0 && (
          <span className="bell-count" aria-hidden="true">
            {unread}
          </span>
        )}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        className="bell-panel"
        role="dialog"
        aria-label="Notifications"
        onToggle={(event) => {
          if (event.newState === 'open') void markRead()
        }}
      >
        {list?.running && (
          <p className="small">
            {list.running.title}: training, {Math.floor(list.running.progress)} %.
          </p>
        )}
        {list && list.notices.length === 0 && (
          <p className="small muted">
            Nothing in the last 14 days. Finished training runs, findings, corrections that wait for a
            training run, and failures appear here.
          </p>
        )}
        <ul>
          {list?.notices.map(({ id: key, kind, text, path, at, is_read: isRead }) => (
            <li key={`${kind} ${key}`} data-unread={!isRead || undefined}>
              <Link className="link small" href={path} onClick={() => panel.current?.hidePopover()}>
                {text}
              </Link>
              <p className="small muted">
                <RelativeTime at={at} />
              </p>
            </li>
          ))}
        </ul>
        <NotifyChoice />
      </div>
    </>
  )
}

/** Browsers allow notifications only over HTTPS and on localhost, and let the user decide once. */
function NotifyChoice() {
  const isInBrowser = useIsInBrowser()
  const [answer, setAnswer] = useState<NotificationPermission | null>(null)
  if (!isInBrowser || !('Notification' in window) || !window.isSecureContext) return null
  const permission = answer ?? Notification.permission
  if (permission === 'denied')
    return <p className="small muted">Your browser blocks notifications from this address.</p>
  if (permission === 'granted')
    return <p className="small muted">Your browser notifies you when a training run ends.</p>
  return (
    <Button size="small" onClick={() => void Notification.requestPermission().then(setAnswer)}>
      Notify me when a training run ends
    </Button>
  )
}
