/** The "?" of a page: three sentences on what it is for, and a link to the help of all pages. Opens and closes
 *  without a script. */
import Link from 'next/link'
import { buttonProps } from '#lib/ui/button.tsx'
import { HELP_TOPICS, type HelpName } from './help-topics.ts'

export function PageHelp({ topic }: { readonly topic: HelpName }) {
  const { page, sentences } = HELP_TOPICS[topic]
  return (
    <details className="relative">
      <summary
        {...buttonProps({ size: 'small' })}
        className="button list-none [&::-webkit-details-marker]:hidden"
        aria-label={`Help: ${page}`}
      >
        ?
      </summary>
      <div
        className="card absolute left-0 z-10 mt-2 grid w-[min(20rem,80vw)] gap-2 shadow-lg sm:right-0 sm:left-auto"
        role="note"
      >
        <p className="small">{sentences.join(' ')}</p>
        <Link className="link small inline-block min-h-6" href={`/help#${topic}`}>
          Guide and help for all pages
        </Link>
      </div>
    </details>
  )
}
