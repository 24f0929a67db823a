'use client'
/** Starts a training run, with its options under "Advanced". */
import { useRouter } from 'next/navigation'
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { NetworkAnswer } from '#lib/contracts/backbones.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice, type Failure } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { failureOf } from '../../../../_components/request-error.ts'
import { ForecastLine } from './forecast-line.tsx'

type StartProps = {
  readonly classifier: string
  readonly hasLiveVersion: boolean
  readonly hasNewImages: boolean
  /** Another training run is active; only one can run at a time. */
  readonly isBlocked: boolean
  /** Installed pretrained networks that its images may start from. */
  readonly networks: readonly Pick<NetworkAnswer, 'name' | 'title'>[]
}
const RECIPES = [
  { value: 'auto', label: 'Automatic' },
  { value: 'head', label: 'Fast: train the last layer only' },
  { value: 'transfer', label: 'Thorough: fine-tune the upper layers of a pretrained network' },
  { value: 'finetune', label: 'Continue from the live version (all layers)' },
  { value: 'scratch', label: 'Train from scratch' },
] as const

/** The options as currently entered in the form. */
function optionsOf(form: FormData) {
  const number = (name: string) => (form.get(name) ? Number(form.get(name)) : undefined)
  return {
    epochs: number('epochs'),
    seed: number('seed'),
    force: form.get('force') === 'on',
    backbone: form.get('backbone') ? String(form.get('backbone')) : undefined,
    recipe: RECIPES.find(({ value }) => value === form.get('recipe'))?.value ?? 'auto',
  }
}

export function StartForm({ classifier, hasLiveVersion, hasNewImages, isBlocked, networks }: StartProps) {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [options, setOptions] = useState<ReturnType<typeof optionsOf>>({
    epochs: undefined,
    seed: undefined,
    force: false,
    backbone: undefined,
    recipe: 'auto',
  })

  const start = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const chosen = optionsOf(new FormData(event.currentTarget))
    setIsBusy(true)
    setFailure(null)
    try {
      const { run } = await call('POST /api/retrain', { classifier, ...chosen })
      router.push(classifierPage(classifier, `train/${run.id}`))
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
      onChange={(event) => setOptions(optionsOf(new FormData(event.currentTarget)))}
    >
      {!isBlocked && !isBusy && <ForecastLine request={{ classifier, ...options, seed: undefined }} />}
      <div>
        <Button type="submit" variant="primary" isBusy={isBusy} disabled={isBlocked}>
          {hasLiveVersion ? 'Retrain' : 'Train'}
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
            placeholder="recipe default"
            hint="Maximum number of passes over all images. Training stops early when it no longer improves."
          />
          <Input
            label="Seed"
            name="seed"
            type="number"
            min={0}
            max={2147483647}
            step={1}
            inputMode="numeric"
            placeholder="random"
            hint="The same seed with the same images gives the same result."
          />
          <Select
            label="Recipe"
            name="recipe"
            options={hasLiveVersion ? RECIPES : RECIPES.filter(({ value }) => value !== 'finetune')}
          />
          {networks.length > 0 && (
            <Select
              label="Pretrained network"
              name="backbone"
              options={[
                { value: '', label: hasLiveVersion ? 'Same as the live version' : 'Automatic' },
                ...networks.map(({ name, title }) => ({ value: name, label: title })),
              ]}
              hint="Versions keep the network that they were trained with. Choose another one to compare it."
            />
          )}
          {hasLiveVersion && (
            <div className="sm:col-span-3">
              <Checkbox
                label="Train even without new images"
                name="force"
                defaultChecked={false}
                hint={
                  hasNewImages
                    ? 'There are new images, so this has no effect.'
                    : 'There are no new images, so training is refused without this option.'
                }
              />
            </div>
          )}
        </div>
      </details>
      {failure && <ErrorNotice title="The training run could not be started" failure={failure} />}
    </form>
  )
}
