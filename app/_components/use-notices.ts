'use client'
/** The notices of the user, read again while the page is open; the progress of a training run in the title of the tab;
 *  and a notification of the browser when one ends, where the user has allowed it. */
import { usePathname } from 'next/navigation'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { call, ProblemError } from '#lib/contracts/client.ts'
import { endedRuns, titleWith, type NoticeList } from './notice-text.ts'

const EVERY_MS = 30_000
const EVERY_MS_WHILE_TRAINING = 5_000
/** After failed requests: doubled each time, so that a server that starts again is not flooded. */
const LONGEST_PAUSE_MS = 300_000

export function useNotices() {
  const [list, setList] = useState<NoticeList | null>(null)
  const before = useRef<NoticeList | null>(null)
  const path = usePathname()

  const receive = useEffectEvent((next: NoticeList) => {
    for (const { id, text } of endedRuns(before.current, next)) notify(id, text)
    before.current = next
    setList(next)
    // while a page is being read, it may have no title yet: writing one then would take the place of its own
    const title = titleWith(document.title, next.running)
    if (document.title !== '' && title !== document.title) document.title = title
  })

  // A new page begins with a new title, and a training run may have been started on the page before.
  useEffect(() => {
    const leaving = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const read = async (failures: number): Promise<void> => {
      let failed = 0
      // without a person who looks, only the end of a run matters
      if (!document.hidden || before.current?.running) {
        try {
          receive(await call('GET /api/notices', {}, leaving.signal))
        } catch (error) {
          if (error instanceof ProblemError && error.code === 'unauthenticated') return // logged out
          failed = failures + 1
        }
      }
      if (leaving.signal.aborted) return
      const pause = before.current?.running ? EVERY_MS_WHILE_TRAINING : EVERY_MS
      timer = setTimeout(() => void read(failed), Math.min(LONGEST_PAUSE_MS, pause * 2 ** failed))
    }
    void read(0)
    return () => {
      leaving.abort()
      clearTimeout(timer)
    }
  }, [path])

  const markRead = async () => {
    const newest = list?.notices[0]
    if (!newest || list.unread === 0) return
    setList({ ...list, unread: 0 })
    await call('POST /api/notices/read', { until: newest.at }).catch(() => undefined)
  }
  return { list, markRead }
}

/** Several tabs show one notification: they use the same tag. */
function notify(id: string, text: string): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  new Notification('Darkroom', { body: text, tag: id })
}
