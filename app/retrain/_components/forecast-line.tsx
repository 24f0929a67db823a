'use client'
/** What the training would take, beside its button: asked for anew when the person changes how to train.
 *  Silent where a training would be refused: the button says why. */
import { useEffect, useState } from 'react'
import { call, type CallInput } from '#lib/contracts/client.ts'
import type { Routes } from '#lib/contracts/index.ts'

type Asked = CallInput<Routes['POST /api/retrain/forecast']>
type Told = { readonly about: string; readonly words: string | null }

const SETTLED_MS = 400 // whoever types a number has not ended yet

export function ForecastLine({ asked }: { readonly asked: Asked }) {
  const about = JSON.stringify(asked)
  const [told, setTold] = useState<Told | null>(null)

  useEffect(() => {
    const leaving = new AbortController()
    const asking = setTimeout(() => {
      call('POST /api/retrain/forecast', JSON.parse(about) as Asked, leaving.signal).then(
        // what was written on the line above
        ({ message, forecast, why_none }) =>
          setTold({ about, words: forecast ? `It will take ${forecast.words}. ${message}` : why_none }),
        () => {
          if (!leaving.signal.aborted) setTold({ about, words: null })
        },
      )
    }, SETTLED_MS)
    return () => {
      clearTimeout(asking)
      leaving.abort()
    }
  }, [about])

  const words = told?.about === about ? told.words : 'Measuring how long it will take …'
  return words === null ? null : (
    <p className="muted" role="status">
      {words}
    </p>
  )
}
