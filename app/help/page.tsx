/** What each page is for, and where the guides have more. */
import Link from 'next/link'
import { Card } from '#lib/ui/card.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { HELP_TOPICS } from '../_components/help-topics.ts'

export const metadata = { title: 'Help' }

export default function Help() {
  return (
    <div className="stack">
      <PageHead
        title="Help"
        lead="What each page is for. The “?” of a page shows the same. The guides are in the folder docs of Darkroom."
      />
      <Card>
        <dl className="grid gap-5">
          {Object.entries(HELP_TOPICS).map(([name, { page, sentences, guide }]) => (
            <div key={name} id={name} className="scroll-mt-16">
              <dt className="font-bold">{page}</dt>
              <dd>
                {sentences.join(' ')}{' '}
                <span className="small muted">
                  Guide: {guide.file}, “{guide.section}”.
                </span>
              </dd>
            </div>
          ))}
        </dl>
      </Card>
      <p className="small">
        Scripts and programs:{' '}
        <Link className="link" href="/docs">
          API reference
        </Link>
      </p>
    </div>
  )
}
