"""The training steps of `bench`, done by PyTorch or by JAX.

One long-lived process that does a turn on request. It reads the same initial weights and batches
as Neuronika does, from one file (the safetensors layout), and obeys lines on standard input:

    prepare TASK              ->  ok NOTE            builds the model, compiles, picks its best set-up
    losses TASK COUNT         ->  ok LOSS LOSS ...   from the initial weights
    time TASK WARMUP STEPS    ->  ok NANOSECONDS     of STEPS steps after WARMUP, from the initial weights
    quit

The first line it writes is `ready NAME VERSION` or `missing REASON`; a failure is `error REASON`.
"""

import argparse
import json
import math
import os
import sys
import time

from tensorfile import TensorFile, count


def layers_of(task):
    """The layers as pairs of a kind and its attributes, with the shape of an example before each."""
    shape = task["input"]
    for layer in task["layers"]:
        ((kind, fields),) = layer.items()
        yield kind, fields, shape
        if kind == "linear":
            shape = [fields["outputs"]]
        elif kind == "convolution":
            lost = fields["kernel"] - 1 - 2 * fields["padding"]
            shape = [fields["channels"]] + [extent - lost for extent in shape[1:]]
        elif kind == "maxPool":
            shape = shape[:1] + [extent // fields["size"] for extent in shape[1:]]
        elif kind == "flatten":
            shape = [count(shape)]


class PyTorch:
    name = "PyTorch"

    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.version = torch.__version__
        self.memory_format = torch.contiguous_format

    def read(self, file, name):
        return file.torch(self.torch, name)

    def read_images(self, file, name):
        tensor = self.read(file, name)
        return tensor.to(memory_format=self.memory_format) if tensor.dim() == 4 else tensor

    def prepare(self, file, task):
        return PyTorchTask(self, file, task)


class PyTorchChannelsLast(PyTorch):
    """The same with images, and the weights of convolutions, in the order height, width, channels."""

    name = "PyTorch channels-last"

    def __init__(self, threads):
        super().__init__(threads)
        self.memory_format = self.torch.channels_last


class PyTorchTask:
    """Eager PyTorch, with whichever implementation of the optimizer is the fastest on this model."""

    def __init__(self, peer, file, task):
        torch = peer.torch
        functional = torch.nn.functional
        prefix = task["id"] + "/"
        self.torch = torch
        self.weights, self.parameters, self.initial = [], [], []
        stack = []
        for kind, fields, shape in layers_of(task):
            stack.append(self.layer(kind, fields, shape, task["hasBias"]))
            if kind in ("linear", "convolution"):
                index = len(self.weights)
                self.weights.append(stack[-1].weight)
                self.initial.append(peer.read(file, f"{prefix}weight.{index}"))
                if task["hasBias"]:
                    self.initial.append(peer.read(file, f"{prefix}bias.{index}"))
        model = torch.nn.Sequential(*stack).to(memory_format=peer.memory_format)
        self.parameters = list(model.parameters())
        self.body, self.head = model[:-1], model[-1]

        classify = task["loss"] == "crossEntropy"
        self.criterion = functional.cross_entropy if classify else functional.mse_loss
        self.batches = []
        for index in range(task["batches"]):
            x = peer.read_images(file, f"{prefix}x.{index}")
            y = peer.read(file, f"{prefix}y.{index}")
            self.batches.append((x, y.long() if classify else y))
        self.terms = {term["kind"]: term["factor"] for term in task["terms"]}
        self.note = self.pick_optimizer(task["optimizer"], task["learningRate"])

    def layer(self, kind, fields, shape, has_bias):
        nn = self.torch.nn
        if kind == "linear":
            return nn.Linear(shape[0], fields["outputs"], bias=has_bias)
        if kind == "convolution":
            return nn.Conv2d(
                shape[0],
                fields["channels"],
                fields["kernel"],
                padding=fields["padding"],
                bias=has_bias,
            )
        if kind == "maxPool":
            return nn.MaxPool2d(fields["size"])
        if kind == "flatten":
            return nn.Flatten()
        return {"relu": nn.ReLU, "tanh": nn.Tanh, "softplus": nn.Softplus}[fields["kind"]]()

    def pick_optimizer(self, kind, rate):
        make = {"sgd": self.torch.optim.SGD, "adam": self.torch.optim.Adam}[kind]
        best, note = None, ""
        for form in ("fused", "foreach", "plain"):
            options = {"fused": {"fused": True}, "foreach": {"foreach": True}}.get(
                form, {"foreach": False}
            )
            try:
                self.optimizer = make(self.parameters, lr=rate, **options)
                self.reset()
                for index in range(3):
                    self.step(index)
            except RuntimeError:
                continue
            blocks = []
            for _ in range(5):
                steps, start = 0, time.perf_counter()
                while steps < 3 or time.perf_counter() - start < 0.03:
                    self.step(steps)
                    steps += 1
                blocks.append((time.perf_counter() - start) / steps)
                self.reset()
            if best is None or sorted(blocks)[2] < best[0]:
                best, note = (sorted(blocks)[2], self.optimizer), f"eager, {form} {make.__name__}"
        self.optimizer = best[1]
        return note

    def reset(self):
        self.optimizer.state.clear()
        with self.torch.no_grad():
            for parameter, value in zip(self.parameters, self.initial):
                parameter.copy_(value)

    def step(self, index):
        x, y = self.batches[index % len(self.batches)]
        self.optimizer.zero_grad()
        hidden = self.body(x)
        scores = self.head(hidden)
        loss = self.criterion(scores, y)
        for kind, factor in self.terms.items():
            if kind == "weights":
                for weight in self.weights:
                    loss = loss + factor * weight.square().sum()
            elif kind == "scores":
                loss = loss + factor * scores.square().mean()
            else:
                loss = loss + factor * hidden.abs().mean()
        loss.backward()
        self.optimizer.step()
        return loss.item()


class JAX:
    name = "JAX"

    def __init__(self, threads):
        # XLA's thread pool is as large as the affinity mask when it starts.
        if hasattr(os, "sched_setaffinity"):
            allowed = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, allowed[:threads])
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        import jax
        import numpy

        self.jax, self.numpy = jax, numpy
        self.version = jax.__version__

    def read(self, file, name):
        buffer, offset, shape = file.tensor(name)
        flat = self.numpy.frombuffer(
            buffer, dtype=self.numpy.float32, count=count(shape), offset=offset
        )
        return flat.reshape(shape).copy()

    def prepare(self, file, task):
        return JAXTask(self, file, task)


class JAXTask:
    """One jitted step, which is given its parameters' memory; kernels [inputs, outputs], images and
    the kernels of convolutions with channels last, as XLA likes them on processors."""

    note = "jit, donated buffers"

    def __init__(self, peer, file, task):
        jax = peer.jax
        jnp = jax.numpy
        prefix = task["id"] + "/"
        stages = list(layers_of(task))
        self.jax = jax
        self.initial = []
        image = None
        for kind, fields, shape in stages:
            if kind == "flatten":
                image = shape
            if kind not in ("linear", "convolution"):
                continue
            weight = peer.read(file, f"{prefix}weight.{len(self.initial)}")
            if kind == "convolution":
                kernel = weight.transpose(2, 3, 1, 0)
            elif image:
                # The first after images: its inputs come in their order.
                kernel = weight.reshape(-1, *image).transpose(2, 3, 1, 0)
                kernel, image = kernel.reshape(-1, kernel.shape[-1]), None
            else:
                kernel = weight.T
            layer = {"kernel": kernel.copy()}
            if task["hasBias"]:
                layer["bias"] = peer.read(file, f"{prefix}bias.{len(self.initial)}")
            self.initial.append(layer)
        classify = task["loss"] == "crossEntropy"
        self.batches = []
        for index in range(task["batches"]):
            x = peer.read(file, f"{prefix}x.{index}")
            x = x.transpose(0, 2, 3, 1) if x.ndim == 4 else x
            y = peer.read(file, f"{prefix}y.{index}")
            self.batches.append(
                (jnp.asarray(x), jnp.asarray(y.astype("int32") if classify else y))
            )
        terms = {term["kind"]: term["factor"] for term in task["terms"]}
        rate = task["learningRate"]

        def apply(kind, fields, x, parameters):
            if kind == "flatten":
                return x.reshape(len(x), -1)
            if kind == "activation":
                return {"relu": jax.nn.relu, "tanh": jnp.tanh, "softplus": jax.nn.softplus}[
                    fields["kind"]
                ](x)
            if kind == "maxPool":
                window = (1, fields["size"], fields["size"], 1)
                return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "VALID")
            layer = next(parameters)
            if kind == "linear":
                y = x @ layer["kernel"]
            else:
                border = (fields["padding"], fields["padding"])
                y = jax.lax.conv_general_dilated(
                    x, layer["kernel"], (1, 1), (border, border),
                    dimension_numbers=("NHWC", "HWIO", "NHWC"),
                )
            return y + layer["bias"] if "bias" in layer else y

        def loss_of(parameters, x, y):
            remaining = iter(parameters)
            scores = x
            for kind, fields, _ in stages:
                hidden, scores = scores, apply(kind, fields, scores, remaining)
            if classify:
                logs = jax.nn.log_softmax(scores)
                loss = -jnp.take_along_axis(logs, y[:, None], axis=1).mean()
            else:
                loss = jnp.square(scores - y).mean()
            for kind, factor in terms.items():
                if kind == "weights":
                    loss += factor * sum(jnp.square(p["kernel"]).sum() for p in parameters)
                elif kind == "scores":
                    loss += factor * jnp.square(scores).mean()
                else:
                    loss += factor * jnp.abs(hidden).mean()
            return loss

        def sgd(state, gradients):
            moved = jax.tree.map(lambda p, g: p - rate * g, state["parameters"], gradients)
            return {"parameters": moved}

        def adam(state, gradients):
            first, second, epsilon = 0.9, 0.999, 1e-8
            step = state["step"] + 1
            mean = jax.tree.map(lambda m, g: first * m + (1 - first) * g, state["mean"], gradients)
            square = jax.tree.map(
                lambda v, g: second * v + (1 - second) * g * g, state["square"], gradients
            )
            # 1 − βᵗ; the difference itself would be wrong in the fifth digit.
            scale = rate / -jnp.expm1(step * math.log(first))
            root = jnp.sqrt(-jnp.expm1(step * math.log(second)))
            moved = jax.tree.map(
                lambda p, m, v: p - scale * m / (jnp.sqrt(v) / root + epsilon),
                state["parameters"], mean, square,
            )
            return {"parameters": moved, "mean": mean, "square": square, "step": step}

        self.optimizer = task["optimizer"]
        optimize = {"sgd": sgd, "adam": adam}[self.optimizer]

        def update(state, x, y):
            loss, gradients = jax.value_and_grad(loss_of)(state["parameters"], x, y)
            return optimize(state, gradients), loss

        self.update = jax.jit(update, donate_argnums=0)
        self.reset()
        self.step(0)

    def reset(self):
        # Copies: a donated buffer must not be the initial value's own memory.
        jnp = self.jax.numpy
        copies = self.jax.tree.map(lambda value: jnp.array(value, copy=True), self.initial)
        self.state = {"parameters": copies}
        if self.optimizer == "adam":
            for name in ("mean", "square"):
                self.state[name] = self.jax.tree.map(jnp.zeros_like, copies)
            self.state["step"] = jnp.zeros(())
        self.jax.block_until_ready(self.state)

    def step(self, index):
        x, y = self.batches[index % len(self.batches)]
        self.state, loss = self.update(self.state, x, y)
        return float(loss)


frameworks = {"torch": PyTorch, "torch-channels-last": PyTorchChannelsLast, "jax": JAX}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--framework", choices=list(frameworks), required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--tasks", required=True)
    options = parser.parse_args()

    # Whatever a library prints goes to standard error; the answers keep the stream for themselves.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(*words):
        print(*words, file=answers, flush=True)

    try:
        peer = frameworks[options.framework](options.threads)
    except ImportError as error:
        answer("missing", str(error).splitlines()[0])
        return
    file = TensorFile(options.tasks)
    tasks = {task["id"]: task for task in json.loads(file.metadata["tasks"])}
    answer("ready", peer.name, peer.version)

    prepared = {}
    for line in sys.stdin:
        verb, *words = line.split()
        if verb == "quit":
            break
        try:
            if verb == "prepare":
                # One model at a time, so that none is measured beside another's memory.
                prepared.clear()
                prepared[words[0]] = peer.prepare(file, tasks[words[0]])
                answer("ok", prepared[words[0]].note)
                continue
            model = prepared[words[0]]
            model.reset()
            if verb == "losses":
                answer("ok", *(repr(model.step(index)) for index in range(int(words[1]))))
            elif verb == "time":
                warmup, steps = int(words[1]), int(words[2])
                for index in range(warmup):
                    model.step(index)
                start = time.perf_counter_ns()
                for index in range(warmup, warmup + steps):
                    model.step(index)
                answer("ok", time.perf_counter_ns() - start)
            else:
                answer("error", "unknown command", verb)
        except Exception as error:
            answer("error", " ".join(f"{type(error).__name__}: {error}".split()))


main()
