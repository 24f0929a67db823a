import { expect, test } from 'vitest'
import type { Caller } from '#lib/contracts/contract.ts'
import { opened } from './opened.fakes.ts'

const HALF_HOUR = 30 * 60_000

async function withLink() {
  const all = await opened()
  const { data, auth, withAdmin } = all
  const { id } = await withAdmin()
  await data.classifiers.create({
    id: 'leaves',
    title: 'Leaves',
    classes: ['rust'],
    input: { size: 32, channels: 3, fit: 'cover' },
    isMirrorable: true,
  })
  const ada: Caller = { kind: 'person', id, name: 'Ada', scopes: ['edit'] }
  const link = await auth.createPhoneLink(
    { classifier: 'leaves', label: 'rust', minutes: 30, may_predict: true },
    { caller: ada },
  )
  return { ...all, ada, link, caller: () => all.callerWith({ authorization: `Bearer ${link.token}` }) }
}

test('a phone with the token is a caller for one classifier and class, without any right of a person', async () => {
  const { caller, link } = await withLink()

  expect(await caller()).toEqual({
    kind: 'link',
    id: link.id,
    name: 'Ada',
    scopes: ['phone'],
    classifier: 'leaves',
    link: { label: 'rust', mayPredict: true },
  })
})

test('only a hash of the token is stored, and no list shows it', async () => {
  const { data, link } = await withLink()
  const beginning = link.token.slice(3)

  expect(beginning).toHaveLength(43) // 256 bits
  expect(JSON.stringify(await data.phoneLinks.get(link.id))).not.toContain(beginning)
})

test('a link ends at its time, and the sentence says when', async () => {
  const { caller, clock } = await withLink()
  clock.advance(HALF_HOUR - 1)
  expect((await caller()).kind).toBe('link')

  clock.advance(1)
  await expect(caller()).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining('it was valid until'),
  })
})

test('a link that was ended works no more, and ending it again changes nothing', async () => {
  const { auth, ada, caller, link } = await withLink()
  await auth.endPhoneLink({ id: link.id }, { caller: ada })
  await auth.endPhoneLink({ id: link.id }, { caller: ada })

  await expect(caller()).rejects.toMatchObject({
    code: 'unauthenticated',
    message: expect.stringContaining('it was ended at'),
  })
})

test('the links of a user who is disabled or becomes a viewer work no more', async () => {
  const { data, ada, caller } = await withLink()
  const eve = { name: 'Eve', email: 'eve@example.org', passwordHash: 'x', role: 'admin' as const }
  await data.people.create(eve)

  await data.people.change(`${ada.id}`, { role: 'viewer' })
  await expect(caller()).rejects.toMatchObject({ code: 'unauthenticated' })
  await data.people.change(`${ada.id}`, { role: 'editor' })
  expect((await caller()).kind).toBe('link')
  await data.people.change(`${ada.id}`, { isDisabled: true })
  await expect(caller()).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('an unknown token is refused', async () => {
  const { callerWith } = await withLink()

  await expect(callerWith({ authorization: 'Bearer dl_unknown' })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})
