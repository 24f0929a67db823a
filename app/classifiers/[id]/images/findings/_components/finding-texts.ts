/** What each kind of finding is called on pages, and why it matters. */
import type { SetFinding } from '#lib/contracts/findings.ts'

type FindingText = { readonly title: string; readonly text: string }

export const FINDING_TEXTS: Readonly<Record<SetFinding['kind'], FindingText>> = {
  label_conflict: {
    title: 'Several labels',
    text: 'The same file was uploaded into more than one class. It is not used until you choose the class.',
  },
  duplicate_other_class: {
    title: 'Same image in two classes',
    text: 'These images show the same thing, but have different labels. At most one label can be correct.',
  },
  duplicate_in_test: {
    title: 'Test images also in training',
    text:
      'The classifier is tested on images that it was also trained on, so its measured accuracy is too high. ' +
      'Keep the test image and exclude its copies.',
  },
  mislabelled: {
    title: 'Possibly wrong label',
    text:
      'A classifier that was not trained on these images is confident that ' +
      'they show another class. It can be wrong: look at each image.',
  },
  unreadable: {
    title: 'Unreadable files',
    text:
      'These files of your uploads could not be read as images ' +
      'and were not added. Upload them again in another format.',
  },
  dark: { title: 'Too dark', text: 'Even the brightest parts of these images are dark.' },
  light: { title: 'Too bright', text: 'Even the darkest parts of these images are nearly white.' },
  low_information: {
    title: 'Almost empty',
    text: 'Nearly all pixels of these images are the same, so there is little to recognise.',
  },
  blurry: { title: 'Blurry', text: 'These images have no sharp edges, even at a small size.' },
  outlier: {
    title: 'Unlike all others',
    text:
      'These images differ from everything else in the set. They may show ' +
      'something else, or be rare and valuable: look at them before you exclude them.',
  },
  exact_duplicate: {
    title: 'Exact duplicates',
    text: 'Each group shows exactly the same image. The copies only give it more weight in training.',
  },
  near_duplicate: {
    title: 'Near-duplicates',
    text:
      'Each group shows nearly the same image: cropped, made lighter, or compressed ' +
      'again. They add little. Images of a group are never split between training and validation.',
  },
  odd_aspect: {
    title: 'Unusual shape',
    text: 'These images are much longer in one direction than in the other.',
  },
  odd_size: { title: 'Unusual size', text: 'These images are far smaller or larger than the others.' },
  shortcut: {
    title: 'Possible shortcut',
    text:
      'The classes can be distinguished by something other than what the images show. The classifier may have ' +
      'learned that instead, and then fails on images where it differs. Add images of all classes ' +
      'that were taken in the same places, in the same light, with the same camera.',
  },
  too_few: {
    title: 'Too few images',
    text: 'These classes have too few different images to be recognised reliably.',
  },
  imbalance: {
    title: 'Rare classes',
    text: 'These classes have far fewer images than the others, so the classifier will seldom predict them.',
  },
}
