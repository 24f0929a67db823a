/** The list of first steps on the first page; it disappears when all are done. */
import Link from 'next/link'
import { Card } from '#lib/ui/card.tsx'
import { Icon } from '#lib/ui/icon.tsx'
import type { FirstStep } from './first-steps-of.ts'

export function FirstSteps({ steps }: { readonly steps: readonly FirstStep[] }) {
  const next = steps.find(({ isDone }) => !isDone)
  return (
    <Card title="First steps">
      <ol className="grid gap-2">
        {steps.map((step, i) => (
          <li key={step.name} className="flex items-start gap-2">
            <span className="inline-flex h-6 w-5 shrink-0 items-center justify-center">
              {step.isDone ? <Icon name="check" /> : `${i + 1}.`}
            </span>
            {step === next ? (
              <Link className="link font-semibold" href={step.href}>
                {step.name}
              </Link>
            ) : (
              <span className={step.isDone ? 'muted' : undefined}>{step.name}</span>
            )}
            {step.isDone && <span className="sr-only">done</span>}
          </li>
        ))}
      </ol>
    </Card>
  )
}
