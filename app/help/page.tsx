/** What each page is for, and where the guides have more. */
import Link from 'next/link'
import { Card } from '#lib/ui/card.tsx'
import { OpenTarget } from '#lib/ui/open-target.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { HELP_TOPICS } from '../_components/help-topics.ts'

export const metadata = { title: 'Help' }

export default function Help() {
  return (
    <div className="stack">
      <OpenTarget />
      <PageHead
        title="Help"
        lead="What each page is for, as its “?” button shows it. The guides are in the folder docs of Darkroom."
      />
      <Card>
        {Object.entries(HELP_TOPICS).map(([name, { page, sentences, guide }]) => (
          <PhoneFold key={name} title={page}>
            <section id={name} className="scroll-mt-16">
              <h2 className="text-base max-sm:sr-only font-bold">{page}</h2>
              <p>
                {sentences.join(' ')}{' '}
                <span className="small muted">
                  Guide: {guide.file}, “{guide.section}”.
                </span>
              </p>
            </section>
          </PhoneFold>
        ))}
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
