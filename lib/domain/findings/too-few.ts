/** Classes with too few different images to be recognised reliably. */
import { about, type KindOfFinding } from './finding.ts'
import { always } from './open-findings.ts'
import { countsByClass } from './class-counts.ts'

/** Different images for each class from which a first training is worth trying; the upload page asks for as many. */
const FEWEST_OF_A_CLASS = 20

export const tooFew: KindOfFinding = {
  kind: 'too_few',
  remedies: ['add_more'],
  isOpen: always,
  find: (set) =>
    countsByClass(set).flatMap(({ name, images, different }) =>
      different >= FEWEST_OF_A_CLASS
        ? []
        : [
            about({
              samples: [],
              suggestedLabel: name,
              severity: 1 - different / FEWEST_OF_A_CLASS,
              detail:
                `“${name}” has ${countText(images, different)}; ` +
                `add ${FEWEST_OF_A_CLASS - different} or more that differ from each other.`,
            }),
          ],
    ),
}

const countText = (images: number, different: number): string =>
  images === different
    ? `${images === 0 ? 'no images' : `${images} ${images === 1 ? 'image' : 'images'}`}`
    : `${images} images, of which only ${different} differ`
