import { expect, test } from 'vitest'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { openWithFruit } from './opened.fakes.ts'

const ODD = ['\0', 'a\0b', 'half a pair: \ud83d', '\udc00']

test.each(ODD)(
  'a text that a database cannot store is no failure, in a list or in a row: %j',
  async (text) => {
    const { data } = await openWithFruit()
    const { queries, changes } = data
    const page = { cursor: text, limit: 10 }

    const lists = await Promise.allSettled([
      queries.listUploads({ ...page, classifier: 'fruit' }),
      queries.listRuns({ ...page, classifier: 'fruit' }),
      queries.listSnapshots({ ...page, classifier: 'fruit' }),
      changes.list({ limit: 10, action: text }),
    ])
    expect(lists.filter((one) => one.status === 'rejected' && !isDarkroomError(one.reason))).toEqual([])

    await changes.add({
      by: text,
      action: 'POST /api/classifiers',
      subject: text,
      detail: `before ${text} after`,
    })
    const [entry] = (await changes.list({ limit: 10 })).changes
    expect(entry!.detail).toMatch(/^before .* after$/s)
  },
)
