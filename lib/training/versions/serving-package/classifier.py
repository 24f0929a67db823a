"""Runs model.onnx of a Darkroom version: images in, probabilities and decision out. The preprocessing, the
temperature and the thresholds are inside the model; only decoding happens here.

    pip install -r requirements.txt
    python classifier.py image.jpg another.png

As a module: `Classifier().predict("image.jpg")` returns a dictionary.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from images import load

DECISIONS = {0: None, 1: "confident", 2: "uncertain", 3: "unfamiliar"}


class Classifier:
    def __init__(self, folder=Path(__file__).parent, threads=0):
        """threads: of the processor; 0: as many as it has cores."""
        folder = Path(folder)
        self.classes = json.loads((folder / "classes.json").read_text("utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self.outputs = [output.name for output in self.session.get_outputs()]

    def predict(self, image):
        """A path, a file, or a PIL image."""
        return self.predict_many([load(image)])[0]

    def predict_many(self, rasters):
        """Decoded images, height × width × 3 bytes each; those of the same size are computed together."""
        of_shape = {}
        for place, raster in enumerate(rasters):
            of_shape.setdefault(raster.shape, []).append(place)
        answers = [None] * len(rasters)
        for places in of_shape.values():
            batch = np.stack([rasters[place] for place in places])
            values = dict(zip(self.outputs, self.session.run(None, {"images": batch})))
            for row, place in enumerate(places):
                answers[place] = self.answer({name: value[row] for name, value in values.items()})
        return answers

    def answer(self, values):
        probabilities = [round(float(value), 6) for value in values["probabilities"]]
        index = int(values["predicted_index"][0])
        return {
            "predicted_class": self.classes[index],
            "confidence": probabilities[index],
            "probabilities": dict(zip(self.classes, probabilities)),
            "decision": DECISIONS[int(values["decision"][0])],
        }


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    classifier = Classifier()
    for path in sys.argv[1:]:
        print(json.dumps({"file": path, **classifier.predict(path)}, ensure_ascii=False))
