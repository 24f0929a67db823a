'use client'
/** The estimated duration of the training run, next to its button; estimated again when the options change.
 *  Empty where the run would be refused: the button says why. */
import { useEffect, useEffectEvent, useState } from 'react'
import { call, type CallInput } from '#lib/contracts/client.ts'
import type { Routes } from '#lib/contracts/index.ts'

type ForecastRequest = CallInput<Routes['POST /api/retrain/forecast']>
type ForecastState = { readonly key: string; readonly text: string | null }

const DEBOUNCE_MS = 400 // wait until the user has stopped typing

export function ForecastLine({ request }: { readonly request: ForecastRequest }) {
  const key = JSON.stringify(request)
  const latest = useEffectEvent(() => request)
  const [forecast, setForecast] = useState<ForecastState | null>(null)

  useEffect(() => {
    const abort = new AbortController()
    const timer = setTimeout(() => {
      call('POST /api/retrain/forecast', latest(), abort.signal).then(
        ({ message, forecast: estimate, why_none }) =>
          setForecast({
            key,
            text: estimate ? `Estimated duration: ${estimate.words}. ${message}` : why_none,
          }),
        () => {
          if (!abort.signal.aborted) setForecast({ key, text: null })
        },
      )
    }, DEBOUNCE_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [key])

  const text = forecast?.key === key ? forecast.text : 'Estimating the duration…'
  return text === null ? null : (
    <p className="muted" role="status">
      {text}
    </p>
  )
}
