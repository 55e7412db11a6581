"""Training steps in PyTorch: eager, with channels last, and compiled."""

import os
import tempfile
import time

from frameworks.tasks import layers_of


class PyTorch:
    """As it comes: eager, images in the order channels, height, width."""

    name = "PyTorch"
    how = "eager"

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

    def compile(self, function):
        return function

    def prepare(self, file, task):
        return PyTorchTask(self, file, task)


class PyTorchChannelsLast(PyTorch):
    """The same with images and the weights of convolutions in the order height, width, channels."""

    name = "PyTorch channels-last"

    def __init__(self, threads):
        super().__init__(threads)
        self.memory_format = self.torch.channels_last


class PyTorchCompile(PyTorch):
    """The loss and its gradients compiled by `torch.compile`, whole, for the shapes there are."""

    name = "PyTorch compile"
    how = "by Inductor"

    def __init__(self, threads):
        # What it compiles goes when the process ends, and the headers that it compiles first, which it
        # keeps among temporary files. It compiles in this process, since others would have to load
        # PyTorch first: more work than these models are.
        self.cache = tempfile.TemporaryDirectory(prefix="neuronika-inductor-")
        tempfile.tempdir = os.environ["TMPDIR"] = self.cache.name
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = self.cache.name
        os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
        super().__init__(threads)

    def compile(self, function):
        return self.torch.compile(function, fullgraph=True, dynamic=False)

    def prepare(self, file, task):
        # Without it, the next model would be a recompilation of the last one's code.
        self.torch.compiler.reset()
        return super().prepare(file, task)


class PyTorchTask:
    """A model with whichever implementation of the optimizer is the fastest on it."""

    def __init__(self, peer, file, task):
        torch = peer.torch
        functional = torch.nn.functional
        prefix = task["id"] + "/"
        self.torch, self.how = torch, peer.how
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
        self.loss = peer.compile(self.compute)
        # A failure to compile is none of an optimizer's.
        self.loss(*self.batches[0]).backward()
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
                best = sorted(blocks)[2], self.optimizer
                note = f"{self.how}, {form} {make.__name__}"
        self.optimizer = best[1]
        return note

    def reset(self):
        self.optimizer.state.clear()
        with self.torch.no_grad():
            for parameter, value in zip(self.parameters, self.initial):
                parameter.copy_(value)

    def compute(self, x, y):
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
        return loss

    def step(self, index):
        x, y = self.batches[index % len(self.batches)]
        self.optimizer.zero_grad()
        loss = self.loss(x, y)
        loss.backward()
        self.optimizer.step()
        return loss.item()
