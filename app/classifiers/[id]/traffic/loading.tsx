/** Shown while the page loads. */
import { PageSkeleton } from '#lib/ui/skeleton.tsx'

export default function Loading() {
  return <PageSkeleton cards={2} />
}
