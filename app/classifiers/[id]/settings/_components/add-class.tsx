'use client'
/** Adds a class without images. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../../../_components/use-mutation.ts'

export function AddClass({ id }: { readonly id: string }) {
  const [name, setName] = useState('')
  const { isBusy, failure, mutate } = useMutation()
  const add = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy || name.trim() === '') return
    if (!(await mutate(() => call('POST /api/classifiers/{id}/classes', { id, class: name.trim() })))) return
    toast(`The class “${name.trim()}” was added.`)
    setName('')
  }
  return (
    <form className="grid gap-3" onSubmit={(event) => void add(event)}>
      <div className="row items-end">
        <Input
          label="New class"
          value={name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" aria-busy={isBusy || undefined}>
          Add class
        </Button>
      </div>
      {failure && <ErrorNotice title="The class was not added" failure={failure} />}
    </form>
  )
}
