'use client'
/** Says what a change of a class did, with its undo. The list of changes below offers the same later. */
import { useRouter } from 'next/navigation'
import { call } from '#lib/contracts/client.ts'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../../../_components/request-error.ts'

export function useUndoToast(): (text: string, changeId: string) => void {
  const router = useRouter()
  const undo = async (id: string) => {
    try {
      await call('POST /api/changes/{id}/undo', { id })
      toast('Undone.')
      router.refresh()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    }
  }
  return (text, changeId) => toast(text, 'good', { label: 'Undo', run: () => void undo(changeId) })
}
