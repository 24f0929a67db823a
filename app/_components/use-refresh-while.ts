'use client'
/** Reads the page's data again every few seconds while something is running. */
import { useRouter } from 'next/navigation'
import { useEffect } from 'react'

const POLL_MS = 1_500

export function useRefreshWhile(isRunning: boolean): void {
  const router = useRouter()
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => router.refresh(), POLL_MS)
    return () => clearInterval(timer)
  }, [isRunning, router])
}
