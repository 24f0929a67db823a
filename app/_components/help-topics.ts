/** The help of each page: three sentences, and the guide with more. The "?" of a page shows its entry; /help
 *  lists all of them. */

export type HelpTopic = {
  readonly page: string
  readonly sentences: readonly [string, string, string]
  /** A file of the documentation, and its section. */
  readonly guide: { readonly file: `docs/${string}.md`; readonly section: string }
}

export const HELP_TOPICS = {
  classifiers: {
    page: 'Classifiers',
    sentences: [
      'Each card is one classifier, with its accuracy on test images and what needs your attention.',
      'Open a card to see its images, training runs, versions and predictions.',
      'The examples come with Darkroom; you can hide them.',
    ],
    guide: { file: 'docs/first-classifier.md', section: 'Prepare your images' },
  },
  create: {
    page: 'New classifier',
    sentences: [
      'Give the classifier a name, and add images of each class that it should recognise.',
      'Darkroom shows which classes it found, and trains the first version on the images.',
      'To continue later, open the classifier on the first page.',
    ],
    guide: { file: 'docs/first-classifier.md', section: 'Upload the images' },
  },
  import: {
    page: 'Import',
    sentences: [
      'Send a network that was trained with Keras, TensorFlow.js or Teachable Machine, or a whole classifier.',
      'The import runs in the background; you can leave the page, or cancel it.',
      'If it fails, the page says why, and nothing has changed.',
    ],
    guide: { file: 'docs/backbone.md', section: 'Import a network' },
  },
  predict: {
    page: 'Predict',
    sentences: [
      'Upload, paste or photograph an image to see its class and how confident the classifier is.',
      'If the prediction is wrong, select the correct class: the next training run learns from it.',
      'Uncertain and unfamiliar images are marked; check those first.',
    ],
    guide: { file: 'docs/first-classifier.md', section: 'Make predictions' },
  },
  jobs: {
    page: 'Many images',
    sentences: [
      'Send a ZIP or a folder; its images are predicted in the background.',
      'You can leave the page, and download the results as a table when they are complete.',
      'Results are deleted after a few days.',
    ],
    guide: { file: 'docs/api.md', section: 'Make predictions' },
  },
  images: {
    page: 'Images',
    sentences: [
      'These are the images that the classifier is trained and tested on.',
      'Select images to relabel, exclude or delete them; each change can be undone.',
      'Press ? in the grid for a list of keys.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Look through the images' },
  },
  add: {
    page: 'Add images',
    sentences: [
      'Add a folder or a ZIP with one folder per class, or choose a class for the images.',
      'Before anything is stored, you see which classes were found and what is skipped.',
      'After the upload, a report lists duplicates and unreadable files; the whole upload can be undone.',
    ],
    guide: { file: 'docs/first-classifier.md', section: 'Upload the images' },
  },
  findings: {
    page: 'Problems with the images',
    sentences: [
      'Darkroom lists images that may harm the classifier, such as wrong labels and near-copies.',
      'Each problem is listed with its remedies; nothing changes until you choose one.',
      'A problem disappears from the list once it is solved.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Check the images for problems' },
  },
  map: {
    page: 'Map of the images',
    sentences: [
      'Similar images are near each other; a dot among dots of another colour may have a wrong label.',
      'Draw a rectangle, or zoom, and open the images in it to change them.',
      'With the keyboard, arrow keys move the map, plus and minus zoom, and 0 shows all of it.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Look through the images' },
  },
  insights: {
    page: 'Insights',
    sentences: [
      'The plots show how many images each class has and how they differ in brightness, contrast and size.',
      'If one class is darker or smaller than the others, the classifier may learn that instead of the object.',
      'Each plot is also available as a table and as a CSV file.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Look through the images' },
  },
  train: {
    page: 'Train',
    sentences: [
      'One button trains a new version on all images, including new ones and corrections.',
      'The new version goes live only if it is not worse than the live version.',
      'You can leave the page while it runs; the bell tells you when it ends.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Retrain' },
  },
  versions: {
    page: 'Versions',
    sentences: [
      'Each training run creates a version, with a report on its accuracy and its mistakes.',
      'One version is live and makes the predictions; promote another one, or roll back, at any time.',
      'Compare two versions to see the images on which they differ.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Promote or roll back' },
  },
  version: {
    page: 'Version report',
    sentences: [
      'The report shows how many test images the version predicts correctly, and which classes it confuses.',
      'Select a cell of the confusion matrix or a number to see the images behind it.',
      'Print the page to keep the report on paper or as a PDF.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Read the result' },
  },
  history: {
    page: 'History',
    sentences: [
      'Each prediction is listed with its image, confidence and version.',
      'Confirm or correct predictions one by one, or select several; each change can be undone.',
      'Corrections become labelled images for the next training run.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Correct predictions' },
  },
  traffic: {
    page: 'Traffic',
    sentences: [
      'The charts show how often the classifier is used, and which classes it predicts.',
      'If classes or confidence differ from those in training, the images in use may have changed.',
      'Then upload some of the new images, and train again.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Retrain' },
  },
  use: {
    page: 'Use',
    sentences: [
      'Each program below sends one image and prints the predicted class.',
      'If you create a key here, it is filled in; it can only predict with this classifier.',
      'Scan the QR code to open the classifier on a phone.',
    ],
    guide: { file: 'docs/api.md', section: 'Make predictions' },
  },
  settings: {
    page: 'Classifier settings',
    sentences: [
      'Change the name of the classifier, its classes, and what happens when images are added.',
      'Class changes apply to the images immediately; each dialog says when they apply to predictions.',
      'What you remove stays in the trash for a while, and can be restored from there.',
    ],
    guide: { file: 'docs/retraining.md', section: 'Rename, merge or remove classes' },
  },
  trash: {
    page: 'Trash',
    sentences: [
      'Deleted images, uploads, versions and classifiers are listed here until they are permanently deleted.',
      'Restore an item to get it back with everything that belongs to it.',
      'An admin can delete an item permanently at once.',
    ],
    guide: { file: 'docs/operations.md', section: 'Trash, undo and permanent deletion' },
  },
  monitoring: {
    page: 'Monitoring',
    sentences: [
      'The page shows whether Darkroom is healthy, and how much of the processor, memory and disk is in use.',
      'The charts show requests, latency and errors of the last minutes.',
      'The log lists what happened; search it by request id when something fails.',
    ],
    guide: { file: 'docs/operations.md', section: 'The log' },
  },
  installation: {
    page: 'Settings',
    sentences: [
      'Admins manage users, API keys, pretrained networks, backups and the settings of the server here.',
      'A new user gets a role: viewer, editor or admin.',
      'The audit log lists who changed what.',
    ],
    guide: { file: 'docs/operations.md', section: 'Backup' },
  },
} as const satisfies Readonly<Record<string, HelpTopic>>

export type HelpName = keyof typeof HELP_TOPICS
