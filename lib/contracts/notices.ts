/** What the bell of the pages lists: finished and failed training runs, failed uploads and prediction jobs,
 *  findings, and corrections that wait for a training run. Each user has their own read state. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { classifierId, id, time } from './fields.ts'

export const NOTICE_KINDS = [
  'run_done',
  'run_failed',
  'upload_failed',
  'job_failed',
  'findings',
  'corrections',
] as const

const notice = z.object({
  id: z.string().describe('of the run, upload or job; of the classifier for findings and corrections'),
  kind: z.enum(NOTICE_KINDS),
  classifier: classifierId,
  text: z.string(),
  path: z.string().describe('of the page about it'),
  at: time,
  is_read: z.boolean(),
})
export type Notice = z.output<typeof notice>

export const listNotices = contract({
  method: 'GET',
  path: '/api/notices',
  scope: 'account',
  summary: 'List what has happened in the last 14 days, newest first, and the training run in progress',
  input: z.object({}),
  output: z.object({
    notices: z.array(notice),
    unread: z.number().int(),
    running: z
      .object({ run_id: id, classifier: classifierId, title: z.string(), progress: z.number() })
      .nullable()
      .describe('progress: 0–100'),
  }),
})

export const readNotices = contract({
  method: 'POST',
  path: '/api/notices/read',
  scope: 'account',
  summary: 'Mark all notices up to a time as read by this user',
  body: 'json',
  isReadOnly: true,
  input: z.object({ until: time }),
  output: z.object({ read_until: time }),
})
