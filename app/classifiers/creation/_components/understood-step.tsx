/** The third step: the classes and how many images each has, with what is missing before the first training run. */
import Link from 'next/link'
import type { ClassListAnswer } from '#lib/contracts/classes.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { adviceFor } from '../advice.ts'

export function UnderstoodStep({ list: { classifier: id, classes } }: { readonly list: ClassListAnswer }) {
  const images = classes.reduce((sum, one) => sum + one.images, 0)
  const most = Math.max(...classes.map((one) => one.images))
  return (
    <Card
      title="Classes found"
      actions={
        <>
          <Link href={classifierPage(id, 'images')} {...buttonProps({ size: 'small' })}>
            Look at the images
          </Link>
          <Link href={`${classifierPage(id, 'settings')}#classes`} {...buttonProps({ size: 'small' })}>
            Rename, merge or remove classes
          </Link>
        </>
      }
    >
      <p>
        {counted(images, 'image')} in {counted(classes.length, 'class', 'classes')}:
      </p>
      <ul className="grid gap-2">
        {classes.map((one) => (
          <li
            key={one.class}
            className="grid grid-cols-[minmax(0,1fr)_minmax(4rem,2fr)_3rem] items-center gap-3"
          >
            <span className="truncate" title={one.class}>
              {one.class}
            </span>
            <meter
              className="h-3 w-full"
              min={0}
              max={most}
              value={one.images}
              aria-label={`Images of ${one.class}`}
            />
            <span className="text-right tabular-nums">{one.images.toLocaleString('en-GB')}</span>
          </li>
        ))}
      </ul>
      {adviceFor(classes).map((advice) => (
        <p key={advice} className="small" role="note">
          {advice}
        </p>
      ))}
    </Card>
  )
}
