'use client'
/** The people who may log in: letting somebody in, changing them, shutting them out. */
import { useState, type FormEvent } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
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
import { useChange } from './changing.ts'

const SHORTEST_PASSWORD = 10 // as the contract has it

export function PeopleCard({ people }: { readonly people: readonly PersonAnswer[] }) {
  const { isBusy, failure, change } = useChange()
  const [changed, setChanged] = useState<PersonAnswer | null>(null)

  const letIn = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    const text = (name: string) => String(fields.get(name) ?? '')
    const made = await change(() =>
      call('POST /api/users', {
        name: text('name'),
        email: text('email'),
        password: text('password'),
        role: roleOf(text('role')),
      }),
    )
    if (!made) return
    form.reset()
    toast(`${made.name} may log in as ${made.email}.`)
  }

  return (
    <>
      <Card
        title="People"
        aside={
          <span className="small muted">
            {people.length} {people.length === 1 ? 'person' : 'people'}
          </span>
        }
      >
        <Table
          caption="People who may log in"
          isCaptionHidden
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
            { name: 'E-mail', cell: (one) => one.email },
            {
              name: 'Role',
              cell: (one) => (
                <span className="row" style={{ gap: '0.25rem' }}>
                  <Badge variant={one.role === 'admin' ? 'accent' : 'plain'}>{one.role}</Badge>
                  {one.is_disabled && <Badge variant="bad">shut out</Badge>}
                </span>
              ),
            },
            { name: 'Since', cell: (one) => <RelativeTime at={one.created_at} /> },
            {
              name: 'Change',
              cell: (one) => (
                <Button size="small" onClick={() => setChanged(one)}>
                  Change<span className="sr-only"> {one.name}</span>
                </Button>
              ),
            },
          ]}
        />
      </Card>
      <Card title="Let somebody in">
        <form className="grid gap-4" onSubmit={(event) => void letIn(event)}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Input label="Name" name="name" required maxLength={80} autoComplete="off" />
            <Input
              label="E-mail"
              name="email"
              type="email"
              required
              maxLength={200}
              autoComplete="off"
              hint="Their name at the door: no mail is sent."
            />
            <Input
              label="First password"
              name="password"
              type="password"
              required
              minLength={SHORTEST_PASSWORD}
              maxLength={200}
              autoComplete="new-password"
              hint={`At least ${SHORTEST_PASSWORD} characters; tell it them yourself.`}
            />
            <Select label="Role" name="role" options={ROLE_CHOICES} defaultValue="viewer" />
          </div>
          {failure && <ErrorNotice title="Nobody was let in" failure={failure} />}
          <div>
            <Button type="submit" variant="primary" isBusy={isBusy}>
              Let in
            </Button>
          </div>
        </form>
      </Card>
      {changed && <PersonDialog key={changed.id} person={changed} onClose={() => setChanged(null)} />}
    </>
  )
}
