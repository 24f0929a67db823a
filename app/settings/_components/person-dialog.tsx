'use client'
/** Edits one user: name, role, password, disabled or not; or removes the user. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwords.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Checkbox, Input, Select } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { useMutation } from '../../_components/use-mutation.ts'
import { ResetLink } from './reset-link.tsx'
import { ROLE_CHOICES, roleOf } from './roles.ts'

const FORM = 'person-form'

export function PersonDialog({
  person,
  onClose,
}: {
  readonly person: PersonAnswer
  readonly onClose: () => void
}) {
  const { isBusy, failure, mutate } = useMutation()
  const [isConfirming, setIsConfirming] = useState(false)

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const text = (name: string) => String(fields.get(name) ?? '')
    const saved = await mutate(() =>
      call('PATCH /api/users/{id}', {
        id: person.id,
        name: text('name'),
        role: roleOf(text('role')),
        is_disabled: fields.has('is_disabled'),
        ...(text('password') !== '' && { password: text('password') }),
      }),
    )
    if (!saved) return
    toast(`${saved.name} was updated.`)
    onClose()
  }
  const remove = async () => {
    if (!isConfirming) return setIsConfirming(true)
    if (!(await mutate(() => call('DELETE /api/users/{id}', { id: person.id })))) return
    toast(`${person.name} was removed.`)
    onClose()
  }

  return (
    <Dialog
      isOpen
      title={`Edit ${person.name}`}
      onClose={onClose}
      actions={
        <>
          <Button variant="danger" disabled={isBusy} onClick={() => void remove()}>
            {isConfirming ? `Confirm: remove ${person.name}` : 'Remove'}
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
          minLength={MIN_PASSWORD_LENGTH}
          maxLength={200}
          autoComplete="new-password"
          hint="Leave empty to keep it. A new password ends all sessions of the user."
        />
        <Checkbox
          label="Disabled"
          name="is_disabled"
          defaultChecked={person.is_disabled}
          hint="The user is logged out everywhere and cannot log in. Their data is kept."
        />
      </form>
      {!person.is_disabled && <ResetLink person={person} />}
      {failure && <ErrorNotice title="The user was not changed" failure={failure} />}
    </Dialog>
  )
}
