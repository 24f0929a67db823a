"""One measurement of `bench -- train` with Keras, in a process of its own: the same network, batch and optimiser as the others.
Reads what to do as JSON from its first argument and prints one line of JSON."""
import json
import os
import resource
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

config = json.loads(sys.argv[1])
network, batch, images = config["network"], config["batch"], config["images"]
if config["mixed"]:
    keras.mixed_precision.set_global_policy("mixed_bfloat16")


def keras_layer(layer, is_last):
    match layer["kind"]:
        case "conv":
            return L.Conv2D(layer["filters"], layer["kernel"], strides=layer["stride"], padding="same", use_bias=False)
        case "batchNorm":
            return L.BatchNormalization(momentum=0.9, epsilon=config["epsilon"])
        case "relu":
            return L.ReLU()
        case "maxPool":
            return L.MaxPooling2D(layer["size"])
        case "flatten":
            return L.Flatten()
        case "dense":
            return L.Dense(layer["units"], use_bias=layer["bias"], dtype="float32" if is_last else None)
    raise ValueError(f"no Keras layer for {layer['kind']}")


size, channels = network["input"]["size"], network["input"]["channels"]
last = network["layers"][-1]
model = keras.Sequential([keras.Input((size, size, channels)), *(keras_layer(layer, layer is last) for layer in network["layers"])])
if model.count_params() != config["parameters"]:
    raise ValueError(f"Keras counts {model.count_params()} parameters, not {config['parameters']}")
model.compile(optimizer=keras.optimizers.Adam(config["rate"]), loss=keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])

random = np.random.default_rng(1)
x = random.random((images, size, size, channels), dtype="float32")
y = np.eye(network["classes"], dtype="float32")[random.integers(0, network["classes"], images)]


def fit(epochs):
    began = time.perf_counter()
    history = model.fit(x, y, batch_size=batch, epochs=epochs, shuffle=False, verbose=0)
    return time.perf_counter() - began, history.history["loss"][-1]


fit(1)  # traces the graph
epochs = max(1, round(config["seconds"] / fit(1)[0]))
cpu_before = time.process_time()
wall, loss = fit(epochs)
cpu = time.process_time() - cpu_before
if not np.isfinite(loss):
    raise ValueError(f"Keras does not learn: its loss is {loss}")


def peak_mb():
    """The kernel's high-water mark; elsewhere what the system counted (bytes on macOS)."""
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


print(json.dumps({"images": epochs * images, "wall_seconds": wall, "cpu_seconds": cpu, "peak_mb": peak_mb(),
                  "detail": f"Keras {keras.__version__} on TensorFlow {tf.__version__}"}))
