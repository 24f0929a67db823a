'use client'
/** The settings that can be changed while Darkroom runs. Each has its own button: a list stores nothing while
 *  arrow keys move through it. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { Input as InputOf, Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Select } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../_components/use-mutation.ts'

export type SettingRow = Output<Routes['GET /api/settings']>['settings'][number]
const DEFAULT = ''

export function ChangeableSettings({ settings }: { readonly settings: readonly SettingRow[] }) {
  const { isBusy, failure, mutate } = useMutation()
  const save = async (name: string, value: string) => {
    // the API checks names and values
    const body = { [name]: value === DEFAULT ? null : value } as InputOf<Routes['PATCH /api/settings']>
    if (await mutate(() => call('PATCH /api/settings', body)))
      toast(value === DEFAULT ? `${name} was reset to its default.` : `${name} was set to ${value}.`)
  }
  return (
    <Card title="Changeable settings">
      <div className="grid gap-4 sm:grid-cols-2">
        {settings.map((setting) => (
          <SettingForm
            key={`${setting.name} ${setting.value} ${setting.source}`}
            setting={setting}
            isBusy={isBusy}
            onSave={(value) => void save(setting.name, value)}
          />
        ))}
      </div>
      {failure && <ErrorNotice title="The setting was not changed" failure={failure} />}
    </Card>
  )
}

function SettingForm({
  setting: { name, what, value, source, choices },
  isBusy,
  onSave,
}: {
  readonly setting: SettingRow
  readonly isBusy: boolean
  readonly onSave: (value: string) => void
}) {
  const stored = source === 'here' ? (value ?? DEFAULT) : DEFAULT
  const [selected, setSelected] = useState(stored)
  const defaultLabel = source !== 'here' && value ? `default (${value})` : 'default'
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSave(selected)
  }
  return (
    <form className="grid content-start gap-2" onSubmit={submit}>
      <Select
        label={name}
        hint={what}
        disabled={isBusy}
        value={selected}
        onChange={(event) => setSelected(event.currentTarget.value)}
        options={[
          { value: DEFAULT, label: defaultLabel },
          ...(choices ?? []).map((one) => ({ value: one, label: one })),
        ]}
      />
      {selected !== stored && (
        <div>
          <Button type="submit" size="small" isBusy={isBusy}>
            Save<span className="sr-only"> {name}</span>
          </Button>
        </div>
      )}
    </form>
  )
}
