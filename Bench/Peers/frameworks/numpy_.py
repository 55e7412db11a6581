"""Training steps in NumPy: forward, gradients and optimizers by hand, in arrays made once."""

import math
import os

from frameworks.tasks import Declined, array, layers_of

missing = {"convolution": "NumPy has no convolution", "maxPool": "NumPy has no pooling"}


class NumPy:
    """Products by its BLAS, whose threads have to be set before it is loaded."""

    name = "NumPy"

    def __init__(self, threads):
        for library in ("OPENBLAS", "OMP", "MKL"):
            os.environ[f"{library}_NUM_THREADS"] = str(threads)
        import numpy

        self.numpy = numpy
        self.version = numpy.__version__

    def prepare(self, file, task):
        return NumPyTask(self.numpy, file, task)


class NumPyTask:
    """Linear layers with activations between them. An activation takes its layer's place in memory:
    the derivatives of all of them can be had from the value."""

    note = "by hand, in place"

    def __init__(self, numpy, file, task):
        self.numpy, self.task = numpy, task
        prefix = task["id"] + "/"
        #: Of each layer: the place of its weight [outputs, inputs], of its bias, its activation.
        self.layers = []
        self.parameters, self.initial, self.gradients, self.scratch = [], [], [], []
        #: What each layer is given, and the scores; from the second on, memory that is used again.
        self.values = [None]
        for kind, fields, _ in layers_of(task):
            if kind in missing:
                raise Declined(missing[kind])
            if kind == "activation":
                self.layers[-1][2] = fields["kind"]
                continue
            index = len(self.layers)
            weight = self.parameter(array(numpy, file, f"{prefix}weight.{index}"))
            bias = None
            if task["hasBias"]:
                bias = self.parameter(array(numpy, file, f"{prefix}bias.{index}"))
            self.layers.append([weight, bias, None])
            self.values.append(numpy.empty((task["batch"], fields["outputs"]), numpy.float32))
        self.upstream = [None] + [numpy.empty_like(value) for value in self.values[1:]]
        self.rows = numpy.arange(task["batch"])
        self.classify = task["loss"] == "crossEntropy"
        self.batches = []
        for index in range(task["batches"]):
            y = array(numpy, file, f"{prefix}y.{index}")
            y = y.astype(numpy.int64) if self.classify else y
            self.batches.append((array(numpy, file, f"{prefix}x.{index}"), y))
        self.terms = {term["kind"]: term["factor"] for term in task["terms"]}
        self.optimize = {"sgd": self.sgd, "adam": self.adam}[task["optimizer"]]
        if task["optimizer"] == "adam":
            self.mean = [numpy.empty_like(value) for value in self.initial]
            self.square = [numpy.empty_like(value) for value in self.initial]
        self.reset()

    def parameter(self, value):
        """Adds a parameter: its place among all of them."""
        self.initial.append(value)
        for arrays in (self.parameters, self.gradients, self.scratch):
            arrays.append(self.numpy.empty_like(value))
        return len(self.initial) - 1

    def reset(self):
        self.steps = 0
        for parameter, value in zip(self.parameters, self.initial):
            parameter[...] = value
        if self.task["optimizer"] == "adam":
            for moment in self.mean + self.square:
                moment.fill(0)

    def step(self, index):
        x, y = self.batches[index % len(self.batches)]
        self.values[0] = x
        self.forward()
        loss = self.criterion(y) + self.add_terms()
        self.backward()
        self.steps += 1
        self.optimize()
        return float(loss)

    def forward(self):
        numpy = self.numpy
        for index, (weight, bias, activation) in enumerate(self.layers):
            value = self.values[index + 1]
            numpy.matmul(self.values[index], self.parameters[weight].T, out=value)
            if bias is not None:
                value += self.parameters[bias]
            if activation == "relu":
                numpy.maximum(value, 0, out=value)
            elif activation == "tanh":
                numpy.tanh(value, out=value)
            elif activation == "softplus":
                numpy.logaddexp(value, numpy.float32(0), out=value)

    def criterion(self, y):
        """The loss without terms; leaves its gradient with respect to the scores upstream."""
        numpy = self.numpy
        scores, upstream = self.values[-1], self.upstream[-1]
        if not self.classify:
            numpy.subtract(scores, y, out=upstream)
            loss = numpy.square(upstream).mean()
            upstream *= 2 / upstream.size
            return loss
        numpy.subtract(scores, scores.max(axis=1, keepdims=True), out=upstream)
        chosen = upstream[self.rows, y]
        numpy.exp(upstream, out=upstream)
        sums = upstream.sum(axis=1, keepdims=True)
        loss = (numpy.log(sums[:, 0]) - chosen).mean()
        upstream /= sums
        upstream[self.rows, y] -= 1
        upstream /= len(y)
        return loss

    def add_terms(self):
        """The terms' sum. The gradient of the scores' term is added upstream; `backward` adds the
        others to gradients that it computes."""
        numpy = self.numpy
        total = 0
        for kind, factor in self.terms.items():
            if kind == "weights":
                weights = (self.parameters[weight].ravel() for weight, _, _ in self.layers)
                total += factor * sum(weight @ weight for weight in weights)
            elif kind == "scores":
                scores = self.values[-1]
                total += factor * numpy.square(scores).mean()
                self.upstream[-1] += scores * numpy.float32(2 * factor / scores.size)
            else:
                total += factor * numpy.abs(self.values[-2]).mean()
        return total

    def backward(self):
        numpy = self.numpy
        last = len(self.layers) - 1
        for index in range(last, -1, -1):
            weight, bias, activation = self.layers[index]
            value, upstream = self.values[index + 1], self.upstream[index + 1]
            if index == last - 1 and "activity" in self.terms:
                upstream += numpy.sign(value) * numpy.float32(self.terms["activity"] / value.size)
            # The layer that was given the value has its gradient already, so its memory is free.
            if activation == "relu":
                upstream *= value > 0
            elif activation == "tanh":
                numpy.square(value, out=value)
                upstream *= numpy.subtract(1, value, out=value)
            elif activation == "softplus":
                # 1 − e⁻ʸ is the logistic function of what y is the softplus of.
                numpy.negative(value, out=value)
                upstream *= numpy.negative(numpy.expm1(value, out=value), out=value)
            gradient = self.gradients[weight]
            numpy.matmul(upstream.T, self.values[index], out=gradient)
            if "weights" in self.terms:
                scratch = self.scratch[weight]
                numpy.multiply(self.parameters[weight], 2 * self.terms["weights"], out=scratch)
                gradient += scratch
            if bias is not None:
                upstream.sum(axis=0, out=self.gradients[bias])
            if index > 0:
                numpy.matmul(upstream, self.parameters[weight], out=self.upstream[index])

    def sgd(self):
        for parameter, gradient in zip(self.parameters, self.gradients):
            gradient *= self.task["learningRate"]
            parameter -= gradient

    def adam(self):
        numpy = self.numpy
        first, second, epsilon = 0.9, 0.999, 1e-8
        scale = self.task["learningRate"] / (1 - first**self.steps)
        root = math.sqrt(1 - second**self.steps)
        for parameter, gradient, mean, square, scratch in zip(
            self.parameters, self.gradients, self.mean, self.square, self.scratch
        ):
            mean *= first
            mean += numpy.multiply(gradient, 1 - first, out=scratch)
            square *= second
            gradient *= gradient
            square += numpy.multiply(gradient, 1 - second, out=scratch)
            numpy.sqrt(square, out=scratch)
            scratch /= root
            scratch += epsilon
            numpy.divide(mean, scratch, out=scratch)
            scratch *= scale
            parameter -= scratch
