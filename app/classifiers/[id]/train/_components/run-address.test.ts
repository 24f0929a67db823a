import { expect, test } from 'vitest'
import { nameInAddress } from './run-address.ts'

/** The addresses that a tab is given when a run is shown in it. */
function givenTo(search: string): readonly string[] {
  const addresses: string[] = []
  nameInAddress(
    { id: 'r2', classifier: 'leaves' },
    {
      location: { search },
      history: { replaceState: (_state, _title, address) => void addresses.push(String(address)) },
    },
  )
  return addresses
}

test.each(['', '?classifier=leaves', '?classifier=leaves&run=r1'])(
  'an address that does not name the run is made to name it: "%s"',
  (search) => expect(givenTo(search)).toEqual(['/retrain?classifier=leaves&run=r2']),
)

test('an address that names the run stays as it is', () => {
  expect(givenTo('?classifier=leaves&run=r2')).toEqual([])
})
