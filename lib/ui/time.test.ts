import { expect, test } from 'vitest'
import { dayText } from './time.tsx'

test('a day that was counted in UTC stays that day west of Greenwich', () => {
  const zone = process.env.TZ
  process.env.TZ = 'America/Los_Angeles'
  try {
    expect(dayText('2026-11-29')).toMatch(/29/)
    expect(dayText('2026-11-29')).toMatch(/2026/)
  } finally {
    process.env.TZ = zone
  }
})
