"""Predicts the class of images with a version of a Darkroom classifier, without Darkroom.

    pip install -r requirements.txt
    python predict.py image.jpg another.png

As a module: `Classifier().predict("image.jpg")` returns a dictionary of class names and probabilities. The
preprocessing is the same as on the server, to the bit: only the decoders differ.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnxruntime

from images import load

SUPPORT = 3  # lobes of the Lanczos kernel
PRECISION = 14  # bits after the point of the weights
REDUCE_FROM, REDUCE_TO = 8, 4  # blocks of pixels are averaged first where an image is much larger


class Classifier:
    def __init__(self, folder=Path(__file__).parent):
        folder = Path(folder)
        self.spec = json.loads((folder / "preprocess.json").read_text("utf-8"))
        self.classes = json.loads((folder / "classes.json").read_text("utf-8"))
        self.temperature = json.loads((folder / "version.json").read_text("utf-8"))["temperature"]
        self.session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
        )

    def predict(self, image):
        """A path or a PIL image; returns the probability of each class."""
        return self.predict_many([image])[0]

    def predict_many(self, images):
        pixels = np.stack([self.pixels(image) for image in images])
        (logits,) = self.session.run(["logits"], {self.session.get_inputs()[0].name: pixels})
        scaled = logits.astype(np.float64) / self.temperature
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        rows = powers / powers.sum(axis=1, keepdims=True)
        return [dict(zip(self.classes, map(float, row))) for row in rows]

    def pixels(self, image):
        """size × size × channels, as the network takes them."""
        size, channels = self.spec["size"], self.spec["channels"]
        raster = load(image)
        if channels == 1:
            raster = grey(raster)
        height, width = raster.shape[:2]
        if self.spec["fit"] == "stretch":
            square = resize(raster, (0, 0, width, height), size, size)
        elif self.spec["fit"] == "cover":
            side = min(width, height)
            square = resize(raster, ((width - side) // 2, (height - side) // 2, side, side), size, size)
        elif self.spec["fit"] == "contain":
            square = contain(raster, size, self.spec["background"])
        else:
            raise ValueError(f"unknown fit: {self.spec['fit']}")
        mean = np.array(self.spec["mean"], np.float64)
        std = np.array(self.spec["std"], np.float64)
        return ((square / 255.0 - mean) / std).astype(np.float32)


def grey(raster):
    red, green, blue = (raster[:, :, c].astype(np.int64) for c in range(3))
    return ((red * 77 + green * 150 + blue * 29 + 128) >> 8).astype(np.uint8)[:, :, None]


def contain(raster, size, background):
    height, width, channels = raster.shape
    scale = size / max(width, height)
    inner = max(1, js_round(width * scale)), max(1, js_round(height * scale))
    inside = resize(raster, (0, 0, width, height), *inner)
    red, green, blue = background
    fill = background if channels == 3 else [(red * 77 + green * 150 + blue * 29 + 128) >> 8]
    out = np.empty((size, size, channels), np.uint8)
    out[:] = fill
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    out[top : top + inner[1], left : left + inner[0]] = inside
    return out


def resize(raster, window, width, height):
    x, y, span, rise = window
    across, down = factor(span / width), factor(rise / height)
    if across > 1 or down > 1:
        raster = average_blocks(raster, across, down)
        x, y, span, rise = x / across, y / down, span / across, rise / down
    if span == width and rise == height and float(x).is_integer() and float(y).is_integer():
        return raster[int(y) : int(y) + height, int(x) : int(x) + width]
    rows = resample(raster, taps(raster.shape[1], x, span, width), axis=1)
    return resample(rows, taps(raster.shape[0], y, rise, height), axis=0)


def factor(scale):
    return 1 if scale < REDUCE_FROM else math.floor(scale / REDUCE_TO)


def average_blocks(raster, across, down):
    height, width = raster.shape[:2]
    ys, xs = np.arange(0, height, down), np.arange(0, width, across)
    sums = np.add.reduceat(np.add.reduceat(raster.astype(np.int64), ys, axis=0), xs, axis=1)
    counts = np.minimum(down, height - ys)[:, None, None] * np.minimum(across, width - xs)[None, :, None]
    return np.floor(sums / counts + 0.5).astype(np.uint8)


def taps(length, offset, span, out):
    """For each output position: where its taps start, and their fixed-point weights."""
    scale = span / out
    stretch = max(1.0, scale)
    reach = SUPPORT * stretch
    one = 1 << PRECISION
    found = []
    for i in range(out):
        centre = offset + (i + 0.5) * scale
        start = max(0, math.floor(centre - reach + 0.5))
        count = min(length, math.floor(centre + reach + 0.5)) - start
        exact = [lanczos((start + k + 0.5 - centre) / stretch) for k in range(count)]
        total = 0.0
        for value in exact:
            total += value
        weights = [js_round(value / total * one) for value in exact]
        weights[exact.index(max(exact))] += one - sum(weights)
        found.append((start, np.array(weights, np.int64)))
    return found


def resample(raster, positions, axis):
    moved = np.moveaxis(raster, axis, 0).astype(np.int64)
    rows = [np.tensordot(weights, moved[start : start + len(weights)], 1) for start, weights in positions]
    values = (np.stack(rows) + (1 << (PRECISION - 1))) >> PRECISION
    return np.moveaxis(np.clip(values, 0, 255).astype(np.uint8), 0, axis)


def lanczos(x):
    if x == 0:
        return 1.0
    if abs(x) >= SUPPORT:
        return 0.0
    a = math.pi * x
    return SUPPORT * math.sin(a) * math.sin(a / SUPPORT) / (a * a)


def js_round(value):
    """Halves upwards, as the server rounds."""
    return math.floor(value + 0.5)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    classifier = Classifier()
    for path in sys.argv[1:]:
        probabilities = classifier.predict(path)
        print(json.dumps({"file": path, "class": max(probabilities, key=probabilities.get),
                          "probabilities": probabilities}, ensure_ascii=False))
