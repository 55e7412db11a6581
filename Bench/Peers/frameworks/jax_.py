"""Training steps in JAX."""

import math
import os

from frameworks.tasks import array, layers_of


class JAX:
    """On the processor, whatever else there is."""

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
        return array(self.numpy, file, name)

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
