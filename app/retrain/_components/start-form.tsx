'use client'
/** The one button, and behind "Advanced" what a person may change about the training. */
import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { failureOf } from '../../_components/failure.ts'
import { ForecastLine } from './forecast-line.tsx'

type StartProps = {
  readonly classifier: string
  readonly hasChampion: boolean
  readonly hasNews: boolean
  /** Another training is running; only one may. */
  readonly isHeldUp: boolean
}
const RECIPES = [
  { value: 'auto', label: 'Choose for me' },
  { value: 'head', label: 'In seconds: only its last layer' },
  { value: 'transfer', label: 'In minutes: on another network, the upper layers too' },
  { value: 'finetune', label: 'Go on from the version that answers, all layers' },
  { value: 'scratch', label: 'Begin anew from nothing' },
] as const

/** How to train, as the form says it now. */
function askedIn(form: FormData) {
  const number = (name: string) => (form.get(name) ? Number(form.get(name)) : undefined)
  return {
    epochs: number('epochs'),
    seed: number('seed'),
    force: form.get('force') === 'on',
    recipe: RECIPES.find(({ value }) => value === form.get('recipe'))?.value ?? 'auto',
  }
}

export function StartForm({ classifier, hasChampion, hasNews, isHeldUp }: StartProps) {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [asked, setAsked] = useState<ReturnType<typeof askedIn>>({
    epochs: undefined,
    seed: undefined,
    force: false,
    recipe: 'auto',
  })

  const start = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const wanted = askedIn(new FormData(event.currentTarget))
    setIsBusy(true)
    setFailure(null)
    try {
      const { run } = await call('POST /api/retrain', { classifier, ...wanted })
      router.push(`/retrain?classifier=${classifier}&run=${run.id}`, { scroll: false })
      router.refresh()
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => void start(event)}
      onChange={(event) => setAsked(askedIn(new FormData(event.currentTarget)))}
    >
      {!isHeldUp && !isBusy && <ForecastLine asked={{ classifier, ...asked, seed: undefined }} />}
      <div>
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={isHeldUp}>
          {hasChampion ? 'Retrain' : 'Train'}
        </Button>
      </div>
      <details>
        <summary className="small">Advanced</summary>
        <div className="mt-4 grid gap-4 sm:grid-cols-3">
          <Input
            label="Epochs"
            name="epochs"
            type="number"
            min={1}
            max={500}
            step={1}
            inputMode="numeric"
            placeholder="as the recipe has it"
            hint="How often it goes through all pictures at most; it stops when nothing gets better."
          />
          <Input
            label="Seed"
            name="seed"
            type="number"
            min={0}
            max={2147483647}
            step={1}
            inputMode="numeric"
            placeholder="any"
            hint="The same seed on the same pictures gives the same training."
          />
          <Select
            label="Recipe"
            name="recipe"
            options={hasChampion ? RECIPES : RECIPES.filter(({ value }) => value !== 'finetune')}
          />
          {hasChampion && (
            <div className="sm:col-span-3">
              <Checkbox
                label="Train although nothing is new"
                name="force"
                defaultChecked={false}
                hint={
                  hasNews
                    ? 'There are new pictures: this changes nothing.'
                    : 'There are no new pictures: without this, a training would be refused.'
                }
              />
            </div>
          )}
        </div>
      </details>
      {failure && <ErrorNotice title="The training did not start" failure={failure} />}
    </form>
  )
}
