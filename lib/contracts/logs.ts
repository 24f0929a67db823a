/** The log for admins: newest lines first, by level and by request. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { id, time } from './fields.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

export const listLogs = contract({
  method: 'GET',
  path: '/api/logs',
  scope: 'admin',
  summary: 'List the latest log entries, newest first',
  input: z.object({
    limit: z.coerce.number().int().min(1).max(1000).default(200),
    level: z.enum(LOG_LEVELS).default('debug').describe('minimum level'),
    request_id: id.optional(),
    text: z
      .string()
      .trim()
      .min(1)
      .max(200)
      .optional()
      .describe('text to find anywhere in the entry, ignoring case'),
  }),
  output: z.object({
    lines: z.array(
      z.object({
        at: time,
        level: z.enum(LOG_LEVELS),
        process: z.string(),
        pid: z.number().int(),
        message: z.string(),
        request_id: z.string().nullable(),
        about: z.record(z.string(), z.unknown()).describe('the other fields of the entry'),
      }),
    ),
    is_complete: z.boolean().describe('false: older entries were not searched'),
  }),
})
