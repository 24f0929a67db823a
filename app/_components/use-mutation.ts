'use client'
/** Runs a change through the API: busy while it runs, keeps its error for the form, refreshes the page after it. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from './request-error.ts'

export function useMutation() {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  /** Resolves to the result of the work; null if it failed. */
  const mutate = async <T>(work: () => Promise<T>): Promise<T | null> => {
    setIsBusy(true)
    setFailure(null)
    try {
      const result = await work()
      router.refresh()
      return result
    } catch (error) {
      setFailure(failureOf(error))
      return null
    } finally {
      setIsBusy(false)
    }
  }

  return { isBusy, failure, mutate, reset: () => setFailure(null) }
}
