'use client'
/** Where predictions are computed: on the server or in this browser; and whether this browser is ready. */
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Segmented } from '#lib/ui/segmented.tsx'
import { BACKEND_TITLES } from './browser-answer.ts'
import type { BrowserModelState, BrowserModelSwitch } from './use-browser-model.ts'

export function PredictionPlace({ state, start, stop }: BrowserModelSwitch) {
  return (
    <Segmented
      label="Where predictions are computed"
      value={state.kind === 'off' ? 'server' : 'browser'}
      onChange={(place) => {
        if (place === 'server') stop()
        else if (state.kind === 'off') start()
      }}
      options={[
        { value: 'server', label: 'On the server' },
        { value: 'browser', label: 'In this browser' },
      ]}
    />
  )
}

export function BrowserModelStatus({ state }: { readonly state: BrowserModelState }) {
  return (
    <>
      <p className="small muted" role="status">
        {state.kind === 'loading' && 'Loading the model and TensorFlow.js…'}
        {state.kind === 'ready' &&
          `Version ${state.model.about.version} runs in this browser (${BACKEND_TITLES[state.model.backend]}). ` +
            'Images stay on this device, and nothing is saved in the history. ' +
            'It works offline while this page is open.'}
      </p>
      {state.kind === 'failed' && (
        <ErrorNotice title="The model does not run in this browser" failure={state.failure} />
      )}
    </>
  )
}
