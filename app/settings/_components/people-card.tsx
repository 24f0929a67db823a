'use client'
/** The users: a list, a form to add one, and a dialog to edit one. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { MIN_PASSWORD_LENGTH } from '#lib/domain/passwords.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input, Select } from '#lib/ui/field.tsx'
import { RelativeTime } from '#lib/ui/relative-time.tsx'
import { Table } from '#lib/ui/table.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { PersonDialog } from './person-dialog.tsx'
import { ROLE_CHOICES, roleOf } from './roles.ts'
import { useMutation } from '../../_components/use-mutation.ts'

export function PeopleCard({ people }: { readonly people: readonly PersonAnswer[] }) {
  const { isBusy, failure, mutate } = useMutation()
  const [edited, setEdited] = useState<PersonAnswer | null>(null)

  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const text = (name: string) => String(fields.get(name) ?? '')
    const added = await mutate(() =>
      call('POST /api/users', {
        name: text('name'),
        email: text('email'),
        password: text('password'),
        role: roleOf(text('role')),
      }),
    )
    if (!added) return
    form.reset()
    toast(`${added.name} was added and can log in as ${added.email}.`)
  }

  return (
    <>
      <Card title="Users" aside={<span className="small muted">{counted(people.length, 'user')}</span>}>
        <Table
          caption="Users"
          hideCaption
          variant="cards"
          rows={people}
          keyOf={({ id }) => id}
          columns={[
            {
              name: 'Name',
              cell: (one) => (
                <>
                  {one.name}
                  {one.is_you && <span className="muted"> (you)</span>}
                </>
              ),
            },
            { name: 'Email', cell: (one) => one.email },
            {
              name: 'Role',
              cell: (one) => (
                <span className="row gap-1">
                  <Badge variant={one.role === 'admin' ? 'accent' : 'plain'}>{one.role}</Badge>
                  {one.is_disabled && <Badge variant="bad">disabled</Badge>}
                </span>
              ),
            },
            { name: 'Created', cell: (one) => <RelativeTime at={one.created_at} /> },
            {
              name: 'Actions',
              cell: (one) => (
                <Button size="small" onClick={() => setEdited(one)}>
                  Edit<span className="sr-only"> {one.name}</span>
                </Button>
              ),
            },
          ]}
        />
      </Card>
      <Card title="Add user">
        <form className="grid gap-4" onSubmit={(event) => void add(event)}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Input label="Name" name="name" required maxLength={80} autoComplete="off" />
            <Input
              label="Email"
              name="email"
              type="email"
              required
              maxLength={200}
              autoComplete="off"
              hint="Used only to log in. Darkroom never sends email."
            />
            <Input
              label="Initial password"
              name="password"
              type="password"
              required
              minLength={MIN_PASSWORD_LENGTH}
              maxLength={200}
              autoComplete="new-password"
              hint={`At least ${MIN_PASSWORD_LENGTH} characters. Give it to the user yourself.`}
            />
            <Select label="Role" name="role" options={ROLE_CHOICES} defaultValue="viewer" />
          </div>
          {failure && <ErrorNotice title="The user could not be added" failure={failure} />}
          <div>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Add user
            </Button>
          </div>
        </form>
      </Card>
      {edited && <PersonDialog key={edited.id} person={edited} onClose={() => setEdited(null)} />}
    </>
  )
}
