/** The steps of the page with what is done. */
import { Icon } from '#lib/ui/icon.tsx'
import type { WizardStep } from '../steps-of.ts'

const STATE_TEXT = { done: 'done', current: 'current step', later: 'to do' } as const

export function Steps({ steps }: { readonly steps: readonly WizardStep[] }) {
  return (
    <ol className="grid grid-cols-2 gap-2 sm:grid-cols-4" aria-label="Steps">
      {steps.map(({ name, state, detail }, i) => (
        <li
          key={name}
          className="card flex items-center gap-2 p-3"
          data-variant={state === 'current' ? 'accent' : 'plain'}
          aria-current={state === 'current' ? 'step' : undefined}
        >
          <span className="font-semibold">
            {i + 1}. {name}
          </span>
          <span className="small muted min-w-0 flex-1 truncate">{detail}</span>
          {state === 'done' && <Icon name="check" />}
          <span className="sr-only">{STATE_TEXT[state]}</span>
        </li>
      ))}
    </ol>
  )
}
