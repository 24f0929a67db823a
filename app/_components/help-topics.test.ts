import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { HELP_TOPICS } from './help-topics.ts'

test.each(Object.entries(HELP_TOPICS))(
  'the help of %s has whole sentences and a guide that exists',
  (_name, topic) => {
    for (const sentence of topic.sentences) expect(sentence).toMatch(/^[A-Z].+[^.]\.$/)
    const { file, section } = topic.guide

    expect(readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8')).toContain(`\n## ${section}\n`)
  },
)
