'use client'
/** A change through the API: busy while it runs, its failure kept for the form, the page read again after it. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../../_components/failure.ts'

export function useChange() {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)

  /** Answers what the work answered; null when it failed. */
  const change = async <T>(work: () => Promise<T>): Promise<T | null> => {
    setIsBusy(true)
    setFailure(null)
    try {
      const done = await work()
      router.refresh()
      return done
    } catch (error) {
      setFailure(failureOf(error))
      return null
    } finally {
      setIsBusy(false)
    }
  }

  return { isBusy, failure, change, forget: () => setFailure(null) }
}
