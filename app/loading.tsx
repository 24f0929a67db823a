/** What stands there while a page is on its way. */
import { PageSkeleton } from '#lib/ui/skeleton.tsx'

export default function Loading() {
  return <PageSkeleton />
}
