/** What stands there while the page is on its way. */
import { PageSkeleton } from '#lib/ui/skeleton.tsx'

export default function Loading() {
  return <PageSkeleton cards={2} />
}
