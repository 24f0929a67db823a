/** Shown while a page loads. */
import { PageSkeleton } from '#lib/ui/skeleton.tsx'

export default function Loading() {
  return <PageSkeleton />
}
