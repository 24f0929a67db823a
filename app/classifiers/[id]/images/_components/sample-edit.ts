/** A change of images and which images it concerns, as PATCH /api/samples takes them. Types only. */
import type { CallInput } from '#lib/contracts/client.ts'
import type { Routes } from '#lib/contracts/index.ts'

type ChangeInput = CallInput<Routes['PATCH /api/samples']>
export type ChangeTarget = Pick<ChangeInput, 'ids' | 'filter'>
export type Edit = Pick<ChangeInput, 'label' | 'split' | 'is_excluded' | 'is_trashed'>
