'use client'
/** One person changed: name, role, password, shut out or let in again, removed. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useChange } from './changing.ts'
import { ResetLink } from './reset-link.tsx'
import { ROLE_CHOICES, roleOf } from './roles.ts'

const FORM = 'person-form'
const SHORTEST_PASSWORD = 10 // as the contract has it

export function PersonDialog({
  person,
  onClose,
}: {
  readonly person: PersonAnswer
  readonly onClose: () => void
}) {
  const { isBusy, failure, change } = useChange()
  const [isSure, setIsSure] = useState(false)

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const text = (name: string) => String(fields.get(name) ?? '')
    const saved = await change(() =>
      call('PATCH /api/users/{id}', {
        id: person.id,
        name: text('name'),
        role: roleOf(text('role')),
        is_disabled: fields.has('is_disabled'),
        ...(text('password') !== '' && { password: text('password') }),
      }),
    )
    if (!saved) return
    toast(`${saved.name} is changed.`)
    onClose()
  }
  const remove = async () => {
    if (!isSure) return setIsSure(true)
    if (!(await change(() => call('DELETE /api/users/{id}', { id: person.id })))) return
    toast(`${person.name} is removed.`)
    onClose()
  }

  return (
    <Dialog
      isOpen
      title={`Change ${person.name}`}
      onClose={onClose}
      actions={
        <>
          <Button variant="danger" disabled={isBusy} onClick={() => void remove()}>
            {isSure ? `Really remove ${person.name}` : 'Remove'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={FORM} variant="primary" isBusy={isBusy}>
            Save
          </Button>
        </>
      }
    >
      <form id={FORM} className="grid gap-4" onSubmit={(event) => void save(event)}>
        <Input
          label="Name"
          name="name"
          required
          maxLength={80}
          defaultValue={person.name}
          autoComplete="off"
        />
        <Select label="Role" name="role" defaultValue={person.role} options={ROLE_CHOICES} />
        <Input
          label="New password"
          name="password"
          type="password"
          minLength={SHORTEST_PASSWORD}
          maxLength={200}
          autoComplete="new-password"
          hint="Empty: it stays. A new one ends all their sessions."
        />
        <Checkbox
          label="Shut out"
          name="is_disabled"
          defaultChecked={person.is_disabled}
          hint="May not log in, and is logged out everywhere; what they did stays."
        />
      </form>
      {!person.is_disabled && <ResetLink person={person} />}
      {failure && <ErrorNotice title="Nothing was changed" failure={failure} />}
    </Dialog>
  )
}
