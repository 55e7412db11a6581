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
import os
import sys
import time

from tensorfile import TensorFile, count


class PyTorch:
    name = "PyTorch"

    def __init__(self, threads):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.version = torch.__version__

    def read(self, file, name):
        return file.torch(self.torch, name)

    def prepare(self, file, task):
        return PyTorchTask(self, file, task)


class PyTorchTask:
    """Eager PyTorch, with whichever implementation of SGD is the fastest on this model."""

    def __init__(self, peer, file, task):
        torch = peer.torch
        nn, functional = torch.nn, torch.nn.functional
        prefix = task["id"] + "/"
        widths, has_bias = task["widths"], task["hasBias"]
        pairs = list(zip(widths, widths[1:]))
        self.torch = torch
        self.layers = [nn.Linear(a, b, bias=has_bias) for a, b in pairs]
        self.weights = [layer.weight for layer in self.layers]
        self.parameters, self.initial = [], []
        for index, layer in enumerate(self.layers):
            self.parameters.append(layer.weight)
            self.initial.append(peer.read(file, f"{prefix}weight.{index}"))
            if has_bias:
                self.parameters.append(layer.bias)
                self.initial.append(peer.read(file, f"{prefix}bias.{index}"))

        activations = {"relu": nn.ReLU, "tanh": nn.Tanh, "softplus": nn.Softplus}
        stack = []
        for layer in self.layers[:-1]:
            stack += [layer, activations[task["activation"]]()]
        self.body, self.head = nn.Sequential(*stack), self.layers[-1]

        classify = task["loss"] == "crossEntropy"
        self.criterion = functional.cross_entropy if classify else functional.mse_loss
        self.batches = []
        for index in range(task["batches"]):
            x = peer.read(file, f"{prefix}x.{index}")
            y = peer.read(file, f"{prefix}y.{index}")
            self.batches.append((x, y.long() if classify else y))
        self.terms = {term["kind"]: term["factor"] for term in task["terms"]}
        self.rate = task["learningRate"]
        self.note = self.pick_optimizer()

    def pick_optimizer(self):
        best, note = None, ""
        for kind in ("fused", "foreach", "plain"):
            options = {"fused": {"fused": True}, "foreach": {"foreach": True}}.get(
                kind, {"foreach": False}
            )
            try:
                self.optimizer = self.torch.optim.SGD(self.parameters, lr=self.rate, **options)
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
                best, note = (sorted(blocks)[2], self.optimizer), f"eager, {kind} SGD"
        self.optimizer = best[1]
        return note

    def reset(self):
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
    """One jitted step, which is given its parameters' memory; kernels [inputs, outputs]."""

    note = "jit, donated buffers"

    def __init__(self, peer, file, task):
        jax = peer.jax
        jnp = jax.numpy
        prefix = task["id"] + "/"
        layers = len(task["widths"]) - 1
        self.jax = jax
        self.initial = []
        for index in range(layers):
            layer = {"kernel": peer.read(file, f"{prefix}weight.{index}").T.copy()}
            if task["hasBias"]:
                layer["bias"] = peer.read(file, f"{prefix}bias.{index}")
            self.initial.append(layer)
        classify = task["loss"] == "crossEntropy"
        self.batches = []
        for index in range(task["batches"]):
            x = peer.read(file, f"{prefix}x.{index}")
            y = peer.read(file, f"{prefix}y.{index}")
            self.batches.append(
                (jnp.asarray(x), jnp.asarray(y.astype("int32") if classify else y))
            )
        activation = {"relu": jax.nn.relu, "tanh": jnp.tanh, "softplus": jax.nn.softplus}[
            task["activation"]
        ]
        terms = {term["kind"]: term["factor"] for term in task["terms"]}
        rate = task["learningRate"]

        def loss_of(parameters, x, y):
            hidden = x
            for index, layer in enumerate(parameters):
                scores = hidden @ layer["kernel"]
                if "bias" in layer:
                    scores = scores + layer["bias"]
                if index + 1 < layers:
                    hidden = activation(scores)
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

        def update(parameters, x, y):
            loss, gradients = jax.value_and_grad(loss_of)(parameters, x, y)
            moved = jax.tree.map(lambda p, g: p - rate * g, parameters, gradients)
            return moved, loss

        self.update = jax.jit(update, donate_argnums=0)
        self.reset()
        self.step(0)

    def reset(self):
        # Copies: a donated buffer must not be the initial value's own memory.
        copy = self.jax.numpy.array
        self.parameters = self.jax.tree.map(lambda value: copy(value, copy=True), self.initial)
        self.jax.block_until_ready(self.parameters)

    def step(self, index):
        x, y = self.batches[index % len(self.batches)]
        self.parameters, loss = self.update(self.parameters, x, y)
        return float(loss)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--framework", choices=["torch", "jax"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--tasks", required=True)
    options = parser.parse_args()

    # Whatever a library prints goes to standard error; the answers keep the stream for themselves.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(*words):
        print(*words, file=answers, flush=True)

    try:
        peer = {"torch": PyTorch, "jax": JAX}[options.framework](options.threads)
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
