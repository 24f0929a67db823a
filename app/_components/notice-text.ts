/** What the bell shows and announces of the notices that the server lists. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'

export type NoticeList = Output<Routes['GET /api/notices']>
type Notice = NoticeList['notices'][number]

const PROGRESS = /^\d+ % · /

/** The title of the tab with the progress of the run, or without it when none is in progress. */
export function titleWith(title: string, running: NoticeList['running']): string {
  const plain = title.replace(PROGRESS, '')
  return running ? `${Math.floor(running.progress)} % · ${plain}` : plain
}

/** Runs that have ended between two answers of the server. */
export function endedRuns(before: NoticeList | null, after: NoticeList): readonly Notice[] {
  if (!before) return []
  const known = new Set(before.notices.map(({ id, at }) => `${id} ${at}`))
  return after.notices.filter(
    ({ id, at, kind }) => (kind === 'run_done' || kind === 'run_failed') && !known.has(`${id} ${at}`),
  )
}

export const bellLabel = (unread: number): string =>
  unread === 0 ? 'Notifications' : `Notifications: ${unread} unread`
