"""The layers of `bench peers --agreement` in PyTorch, as functions like those of `operations.py`.
"""

import torch
from torch import nn
from torch.func import functional_call


def layer(make):
    """A layer with the drawn values, which are the last operands, for its own."""

    def evaluate(x, a):
        names = a.get("learnables", [])
        inputs = len(x) - len(names)
        module = make(x[0], a).double().train(a.get("isTraining", True))
        values = dict(zip(names, x[inputs:]))
        # It complains about names that are missing or unknown.
        return functional_call(module, values, tuple(x[:inputs]), strict=True)

    return evaluate


def over_axes(x, *modules):
    """That of the three modules which is for as many spatial axes as the operand has."""
    return modules[x.dim() - 3]


def embedding(x, a):
    return functional_call(nn.Embedding(*a["sizes"]), {"weight": x[1]}, (x[0].long(),))


def recurrent(module):
    """Two steps of a cell, whose four learnables have names of their own here."""
    names = {"input": "ih", "hidden": "hh"}

    def evaluate(x, a):
        learnables = [name.split(".") for name in a["learnables"]]
        inputs = len(x) - len(learnables)
        values = {f"{of}_{names[part]}": v for (part, of), v in zip(learnables, x[inputs:])}
        cell = module(*a["sizes"], bias=a["bias"]).double()
        state = tuple(x[1:inputs]) if inputs > 2 else x[1]
        for _ in range(2):
            state = functional_call(cell, values, (x[0], state), strict=True)
        return torch.cat(state, 1) if inputs > 2 else state

    return evaluate


def convolution(module):
    mode = {"zero": "zeros", "reflective": "reflect", "replicative": "replicate"}
    return layer(
        lambda x, a: module(
            *a["channels"],
            a["kernel"],
            a["stride"],
            a["padding"],
            dilation=a["dilation"],
            groups=a["groups"],
            bias=a["bias"],
            padding_mode=mode[a["mode"]],
        )
    )


def transposed_convolution(module):
    return layer(
        lambda x, a: module(
            *a["channels"],
            a["kernel"],
            a["stride"],
            a["padding"],
            a["outputPadding"],
            groups=a["groups"],
            bias=a["bias"],
            dilation=a["dilation"],
        )
    )


def max_pool(x, a):
    module = over_axes(x, nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
    return module(a["kernel"], a["stride"], a["padding"], ceil_mode=a["roundsUp"])


def average_pool(x, a):
    module = over_axes(x, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
    return module(a["kernel"], a["stride"], a["padding"], a["roundsUp"], a["countsPadding"])


def adaptive_pool(*modules):
    return layer(lambda x, a: over_axes(x, *modules)(a["size"]))


def batch_norm(x, a):
    """The value, then the running statistics; these stand after the input."""
    image, mean, variance, *learnables = x
    dimensions = max(image.dim(), 3)
    module = [nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d][dimensions - 3](
        a["channels"], a["epsilon"], a["momentum"], a["scale"]
    )
    module = module.double().train(a["isTraining"])
    module.running_mean.copy_(mean)
    module.running_var.copy_(variance)
    value = functional_call(module, dict(zip(a["learnables"], learnables)), (image,))
    return torch.cat([value.flatten(), module.running_mean, module.running_var])


def upsample(x, a):
    if "alignsCorners" not in a:
        return nn.Upsample(a["size"], mode="nearest")
    mode = over_axes(x, "linear", "bilinear", "trilinear")
    return nn.Upsample(a["size"], mode=mode, align_corners=a["alignsCorners"])


layers = {
    "Activations Relu": layer(lambda x, a: nn.ReLU()),
    "Activations LeakyRelu": layer(lambda x, a: nn.LeakyReLU(a["slope"])),
    "Activations Elu": layer(lambda x, a: nn.ELU(a["alpha"])),
    "Activations Selu": layer(lambda x, a: nn.SELU()),
    "Activations Gelu": layer(lambda x, a: nn.GELU(a["form"])),
    "Activations Silu": layer(lambda x, a: nn.SiLU()),
    "Activations Sigmoid": layer(lambda x, a: nn.Sigmoid()),
    "Activations Tanh": layer(lambda x, a: nn.Tanh()),
    "Activations Hardtanh": layer(lambda x, a: nn.Hardtanh()),
    "Activations Softplus": layer(lambda x, a: nn.Softplus()),
    "Activations Softsign": layer(lambda x, a: nn.Softsign()),
    "Activations Softmax": layer(lambda x, a: nn.Softmax(a["axis"])),
    "Activations LogSoftmax": layer(lambda x, a: nn.LogSoftmax(a["axis"])),
    "Layers Linear": layer(lambda x, a: nn.Linear(*a["sizes"], bias=a["bias"])),
    "Layers Embedding": embedding,
    "Layers LSTMCell": recurrent(nn.LSTMCell),
    "Layers GRUCell": recurrent(nn.GRUCell),
    "Layers Conv1d": convolution(nn.Conv1d),
    "Layers Conv2d": convolution(nn.Conv2d),
    "Layers Conv3d": convolution(nn.Conv3d),
    "Layers ConvTranspose1d": transposed_convolution(nn.ConvTranspose1d),
    "Layers ConvTranspose2d": transposed_convolution(nn.ConvTranspose2d),
    "Layers ConvTranspose3d": transposed_convolution(nn.ConvTranspose3d),
    "Layers MaxPool": layer(max_pool),
    "Layers AveragePool": layer(average_pool),
    "Layers AdaptiveMaxPool": adaptive_pool(
        nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d
    ),
    "Layers AdaptiveAveragePool": adaptive_pool(
        nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d
    ),
    "Layers BatchNorm": batch_norm,
    "Layers GroupNorm": layer(
        lambda x, a: nn.GroupNorm(a["groups"], a["channels"], a["epsilon"], a["scale"])
    ),
    "Layers LayerNorm": layer(lambda x, a: nn.LayerNorm(a["shape"], a["epsilon"], a["scale"])),
    "Layers Dropout": layer(lambda x, a: nn.Dropout(a["probability"])),
    "Layers Identity": layer(lambda x, a: nn.Identity()),
    "Layers Flatten": layer(lambda x, a: nn.Flatten(a["axis"])),
    "Layers Upsample": layer(upsample),
}
