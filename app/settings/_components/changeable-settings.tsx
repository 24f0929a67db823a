'use client'
/** The settings that may change while Darkroom runs. */
import { call } from '#lib/contracts/client.ts'
import type { Input as InputOf, Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Select } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useChange } from './changing.ts'

export type SettingRow = Output<Routes['GET /api/settings']>['settings'][number]
const AS_BY_DEFAULT = ''

export function ChangeableSettings({ settings }: { readonly settings: readonly SettingRow[] }) {
  const { isBusy, failure, change } = useChange()
  const keep = async (name: string, value: string) => {
    // the API judges names and values
    const body = { [name]: value === AS_BY_DEFAULT ? null : value } as InputOf<Routes['PATCH /api/settings']>
    if (await change(() => call('PATCH /api/settings', body)))
      toast(`${name} is ${value === AS_BY_DEFAULT ? 'as by default' : value} now.`)
  }
  return (
    <Card title="To change here">
      <div className="grid gap-4 sm:grid-cols-2">
        {settings.map(({ name, what, value, source, choices }) => (
          <Select
            key={`${name} ${value} ${source}`}
            label={name}
            hint={what}
            disabled={isBusy}
            defaultValue={source === 'here' ? (value ?? '') : AS_BY_DEFAULT}
            onChange={(event) => void keep(name, event.currentTarget.value)}
            options={[
              {
                value: AS_BY_DEFAULT,
                label: source === 'here' ? 'as by default' : `as by default${value ? ` (${value})` : ''}`,
              },
              ...(choices ?? []).map((one) => ({ value: one, label: one })),
            ]}
          />
        ))}
      </div>
      {failure && <ErrorNotice title="It stays as it was" failure={failure} />}
    </Card>
  )
}
