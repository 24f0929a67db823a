/** The settings in force, with the source of each; and changing them. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { settings } from './settings.ts'

/** Settings that can change while the product runs. Those set in the environment change only there. */
export const CHANGEABLE = [
  'DEFAULT_CLASSIFIER',
  'AUTO_PROMOTE',
  'AUTO_RETRAIN',
  'AUTO_RETRAIN_AFTER',
  'BACKUP_EVERY',
  'BACKUP_KEEP',
] as const

export const listSettings = contract({
  method: 'GET',
  path: '/api/settings',
  scope: 'admin',
  summary: 'Get the current settings and their sources; secrets are hidden',
  input: z.object({}),
  output: z.object({
    settings: z.array(
      z.object({
        name: z.string(),
        value: z.string().nullable().describe('null: none, or a secret'),
        source: z.enum(['environment', 'here', 'default']).describe('here: changed in Settings'),
        is_changeable: z
          .boolean()
          .describe('false: to change it, set it in the environment or .env and restart'),
        choices: z.array(z.string()).nullable().describe('all allowed values, if there are only a few'),
        what: z.string(),
      }),
    ),
  }),
})

export const changeSettings = contract({
  method: 'PATCH',
  path: '/api/settings',
  scope: 'admin',
  summary: 'Change settings at run time; null restores the default',
  body: 'json',
  input: z.object({
    DEFAULT_CLASSIFIER: settings.shape.DEFAULT_CLASSIFIER.unwrap().nullable().optional(),
    AUTO_PROMOTE: settings.shape.AUTO_PROMOTE.unwrap().nullable().optional(),
    AUTO_RETRAIN: settings.shape.AUTO_RETRAIN.unwrap().nullable().optional(),
    AUTO_RETRAIN_AFTER: settings.shape.AUTO_RETRAIN_AFTER.unwrap().nullable().optional(),
    BACKUP_EVERY: settings.shape.BACKUP_EVERY.unwrap().nullable().optional(),
    BACKUP_KEEP: settings.shape.BACKUP_KEEP.unwrap().nullable().optional(),
  }),
  output: listSettings.output,
  errors: ['not_found', 'conflict', 'invalid_input'],
})
