/** A phone that joins by a link: the panel that shows it, and the page of the phone. */
import type { ImageFile } from './predict.ts'
import type { Tab } from './tab.ts'

export const phonePanel = ({ page }: Tab) => {
  const panel = page.getByRole('region', { name: 'Use a phone' })
  return {
    open: () => page.getByRole('button', { name: 'Use a phone' }).click(),
    chooseClass: (name: string) => panel.getByLabel('Only for this class (optional)').fill(name),
    create: () => panel.getByRole('button', { name: 'Create the link' }).click(),
    qrCode: panel.getByRole('img', { name: 'QR code of the phone link' }),
    address: async (): Promise<string> => (await panel.getByText(/\/phone\/dl_/).innerText()).trim(),
    endNow: () => panel.getByRole('button', { name: 'End now' }).click(),
    ended: panel.getByText('The link has ended'),
    arrived: (label: string) => panel.getByRole('img', { name: `From the phone: ${label}` }),
    notReachable: panel.getByText('works on this computer only'),
  }
}

export const phonePage = ({ page }: Tab) => ({
  open: (address: string) => page.goto(address),
  heading: (title: string) => page.getByRole('heading', { name: `Add images to ${title}` }),
  takePhoto: (file: ImageFile) => page.getByLabel('Take a photo').setInputFiles(file),
  predictPhoto: (file: ImageFile) => page.getByLabel('Predict a photo').setInputFiles(file),
  record: () => page.getByRole('button', { name: 'Record with the camera' }).click(),
  message: (text: string) => page.getByText(text),
  failure: page.getByRole('alert').filter({ hasText: 'The images were not sent' }),
  unusable: page.getByRole('heading', { name: 'This link cannot be used' }),
  reason: (text: RegExp) => page.getByText(text),
})
