/** User accounts, as an admin sees and changes them. Logging in is in auth.ts. */
import type { Caller, CallerContext } from '#lib/contracts/contract.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { PersonAnswer } from '#lib/contracts/people.ts'
import type { Data } from '#lib/data/data.ts'
import type { Person } from '#lib/data/values.ts'
import { hashPassword } from './passwords.ts'

export type UserAdmin = {
  readonly listUsers: RouteAnswer<'GET /api/users', CallerContext>
  readonly createUser: RouteAnswer<'POST /api/users', CallerContext>
  readonly changeUser: RouteAnswer<'PATCH /api/users/{id}', CallerContext>
  readonly deleteUser: RouteAnswer<'DELETE /api/users/{id}', CallerContext>
}

export const createUserAdmin = ({ people }: { readonly people: Data['people'] }): UserAdmin => ({
  listUsers: async (_input, { caller }) => ({
    users: (await people.list()).map((person) => answerOf(person, caller)),
  }),
  createUser: async ({ name, email, password, role }, { caller }) =>
    answerOf(await people.create({ name, email, role, passwordHash: await hashPassword(password) }), caller),
  async changeUser({ id, name, role, password, is_disabled }, { caller }) {
    const change = {
      ...(name !== undefined && { name }),
      ...(role !== undefined && { role }),
      ...(password !== undefined && { passwordHash: await hashPassword(password) }),
      ...(is_disabled !== undefined && { isDisabled: is_disabled }),
    }
    return answerOf(await people.change(id, change), caller)
  },
  async deleteUser({ id }) {
    await people.remove(id)
    return { id, deleted: true }
  },
})

const answerOf = (person: Person, caller: Caller): PersonAnswer => ({
  id: person.id,
  name: person.name,
  email: person.email,
  role: person.role,
  is_disabled: person.isDisabled,
  is_you: caller.kind === 'person' && caller.id === person.id,
  created_at: person.createdAt.toISOString(),
})
