'use client'
/** The plan of the selected files, read again whenever they or the chosen reading change. Only the last one counts. */
import { useRef, useState } from 'react'
import type { UploadPlan } from '#lib/contracts/upload-plan.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'
import type { SelectedFile } from '#lib/ui/drop-zone.tsx'
import { failureOf } from '../../../../../_components/request-error.ts'
import { readPlan } from './read-plan.ts'
import { uploadRequests } from './upload-requests.ts'

export type ShownPlan = { readonly plan: UploadPlan; readonly reading: string }
export type FilePlan =
  | { readonly kind: 'none' }
  /** `before`: of the same files, until they are read another way. */
  | { readonly kind: 'reading'; readonly before: ShownPlan | null }
  | (ShownPlan & { readonly kind: 'plan' })
  | { readonly kind: 'refused'; readonly failure: Failure }

export function usePlan() {
  const [plan, setPlan] = useState<FilePlan>({ kind: 'none' })
  const running = useRef<AbortController | null>(null)

  /** @param reading another one, for the same files */
  const readAgain = async (files: readonly SelectedFile[], reading?: string): Promise<void> => {
    running.current?.abort()
    const request = uploadRequests(files, '').find(({ label }) => label === undefined)
    if (request === undefined) return setPlan({ kind: 'none' })
    const own = new AbortController()
    running.current = own
    setPlan((now) => ({ kind: 'reading', before: reading !== undefined && now.kind === 'plan' ? now : null }))
    try {
      const read = await readPlan(request, reading ?? '', own.signal)
      if (!own.signal.aborted)
        setPlan(read === null ? { kind: 'none' } : { kind: 'plan', plan: read, reading: reading ?? '' })
    } catch (error) {
      if (!own.signal.aborted) setPlan({ kind: 'refused', failure: failureOf(error) })
    }
  }
  return { plan, readAgain }
}
