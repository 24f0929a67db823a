'use client'
/** The version of a classifier in this browser: off, loading, ready or failed. The code that runs it is loaded with it,
 *  so that no page carries it before. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { BrowserModel } from '#lib/browser/browser-model.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'
import { failureOf } from '../request-error.ts'

export type BrowserModelState =
  | { readonly kind: 'off' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly model: BrowserModel }
  | { readonly kind: 'failed'; readonly failure: Failure }

export type BrowserModelSwitch = {
  readonly state: BrowserModelState
  readonly start: () => void
  readonly stop: () => void
}

export function useBrowserModel(classifier: string): BrowserModelSwitch {
  const [state, setState] = useState<BrowserModelState>({ kind: 'off' })
  const loading = useRef<AbortController | null>(null)
  const opened = useRef<BrowserModel | null>(null)

  const stop = useCallback(() => {
    loading.current?.abort()
    opened.current?.dispose()
    opened.current = null
    setState({ kind: 'off' })
  }, [])

  const start = useCallback(() => {
    const controller = new AbortController()
    loading.current?.abort()
    loading.current = controller
    setState({ kind: 'loading' })
    import('#lib/browser/download-model.ts')
      .then(({ downloadModel }) => downloadModel({ classifier, signal: controller.signal }))
      .then((model) => {
        if (controller.signal.aborted) return model.dispose()
        opened.current = model
        setState({ kind: 'ready', model })
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setState({ kind: 'failed', failure: sentenceOf(error) })
      })
  }, [classifier])

  useEffect(
    () => () => {
      loading.current?.abort()
      opened.current?.dispose()
    },
    [],
  )
  return { state, start, stop }
}

/** What lib/browser throws is a sentence for the user. */
export function sentenceOf(error: unknown): Failure {
  const failure = failureOf(error)
  return failure.code === undefined && error instanceof Error ? { detail: error.message } : failure
}
