"""The operations of `bench peers --agreement` in PyTorch.

Each is a function of the operands, in the order in which `Agreement/*.swift` draws them, and of the
attributes by name.
"""

import operator
from functools import partial

import torch
from torch.nn import functional


def unary(function):
    return lambda x, a: function(x[0])


def sides(x, a):
    """The two operands; one of them may be a number."""
    number = lambda name: torch.tensor(a[name], dtype=torch.float64)
    if "left" in a:
        return number("left"), x[0]
    if "right" in a:
        return x[0], number("right")
    return x[0], x[1]


def binary(function):
    return lambda x, a: function(*sides(x, a))


def comparison(function):
    return lambda x, a: function(*sides(x, a)).double()


def axes(x, a):
    """The axes to reduce and whether to keep them."""
    return {"dim": a.get("axes", list(range(x[0].dim()))), "keepdim": a.get("keepingAxes", False)}


def reduction(function):
    return lambda x, a: function(x[0], **axes(x, a))


def norm(x, a):
    return torch.linalg.vector_norm(x[0], a.get("order", float("inf")), **axes(x, a))


def place(function):
    """The place of an element: among all, or along an axis."""

    def evaluate(x, a):
        return function(x[0], dim=a.get("axis"), keepdim=a.get("keepingAxes", False)).double()

    return evaluate


def subscript(x, a):
    def selection(axis):
        chosen = a.get(f"axis {axis}")
        return slice(None) if chosen is None else slice(*chosen) if type(chosen) is list else chosen

    return x[0][tuple(selection(axis) for axis in range(x[0].dim()))]


def strided(x, a):
    places = [slice(None)] * x[0].dim()
    places[a["axis"]] = slice(a["start"], a["end"], a["step"])
    return x[0][tuple(places)]


def index_select(x, a):
    axis = a["axis"] % x[0].dim()
    shape = list(x[0].shape)
    shape[axis : axis + 1] = x[1].shape
    return x[0].index_select(axis, x[1].long().flatten()).reshape(shape)


def chunk(x, a):
    """A place among the blocks, in row-major order."""
    counts = [extent // block for extent, block in zip(x[0].shape, a["block"])]
    rest, places = a["place"], []
    for block_count, block in zip(reversed(counts), reversed(a["block"])):
        rest, index = divmod(rest, block_count)
        places.insert(0, slice(index * block, (index + 1) * block))
    return x[0][tuple(places)]


def pad(mode):
    def evaluate(x, a):
        # PyTorch begins with the last axis.
        widths = [width for border in reversed(a["padding"]) for width in border]
        if mode == "constant":
            return functional.pad(x[0], widths, value=a.get("constant", 0))
        # It pads the axes after the first two.
        shape = x[0].shape[x[0].dim() - len(a["padding"]) :]
        padded = functional.pad(x[0].reshape([1, -1, *shape]), widths, mode=mode)
        return padded.reshape(*x[0].shape[: x[0].dim() - len(shape)], *padded.shape[2:])

    return evaluate


def index_add(x, a):
    axis = a["axis"] % x[0].dim()
    shape = list(x[0].shape)
    shape[axis] = x[1].numel()
    return x[0].index_add(axis, x[1].long().flatten(), x[2].reshape(shape))


def loss(function, *numbers):
    """A loss of the operands and of attributes by these names."""

    def evaluate(x, a):
        options = {name: a[name] for name in numbers}
        if a["reduction"] != "batchMean":
            return function(*x, reduction=a["reduction"], **options)
        losses = function(*x, reduction="none", **options)
        return losses.sum() / losses.shape[0] if losses.dim() > 0 else losses

    return evaluate


def kl_divergence(x, target, reduction):
    # Its own mean warns that it isn't that of examples.
    if reduction == "mean":
        return functional.kl_div(x, target, reduction="none").mean()
    return functional.kl_div(x, target, reduction=reduction)


def class_loss(function, of_labels=True):
    """A loss of scores, labels or probabilities, and perhaps class weights."""

    def evaluate(x, a):
        scores, targets, weights = x if len(x) == 3 else (*x, None)
        if of_labels:
            # Those of a matrix may be a column.
            targets = targets.long().reshape(scores[:, 0].shape)
        options = {"weight": weights, "ignore_index": a.get("ignored", -100)}
        if "smoothing" in a:
            options["label_smoothing"] = a["smoothing"]
        return loss(partial(function, **options))([scores, targets], a)

    return evaluate


def over_axes(*functions):
    """That of the three functions which is for as many spatial axes as the operand has."""
    return lambda x: functions[x[0].dim() - 3]


def convolution(x, a):
    function = over_axes(functional.conv1d, functional.conv2d, functional.conv3d)(x)
    image, padding = x[0], a["padding"]
    if a["mode"] != "zero":
        widths = [width for width in reversed(padding) for _ in range(2)]
        mode = {"reflective": "reflect", "replicative": "replicate"}[a["mode"]]
        image, padding = functional.pad(image, widths, mode=mode), 0
    return function(
        image, x[1], None, a["stride"], padding, dilation=a["dilation"], groups=a["groups"]
    )


def transposed_convolution(x, a):
    function = over_axes(
        functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d
    )(x)
    return function(
        x[0], x[1], None, a["stride"], a["padding"], a["outputPadding"], a["groups"], a["dilation"]
    )


def max_pool(x, a):
    function = over_axes(functional.max_pool1d, functional.max_pool2d, functional.max_pool3d)(x)
    return function(
        x[0], a["kernel"], a["stride"], a["padding"], a["dilation"], ceil_mode=a["roundsUp"]
    )


def average_pool(x, a):
    function = over_axes(functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d)(x)
    return function(
        x[0], a["kernel"], a["stride"], a["padding"], a["roundsUp"], a["countsPadding"]
    )


def adaptive_pool(*functions):
    return lambda x, a: over_axes(*functions)(x)(x[0], a["size"])


def upsample(x, a):
    if "alignsCorners" not in a:
        return functional.interpolate(x[0], a["size"], mode="nearest")
    mode = ["linear", "bilinear", "trilinear"][x[0].dim() - 3]
    return functional.interpolate(x[0], a["size"], mode=mode, align_corners=a["alignsCorners"])


def one_hot(x, a):
    return functional.one_hot(x[0].long(), a["classes"]).double()


operations = {
    "Arithmetic -x": unary(operator.neg),
    "Arithmetic +": binary(operator.add),
    "Arithmetic -": binary(operator.sub),
    "Arithmetic *": binary(operator.mul),
    "Arithmetic /": binary(operator.truediv),
    "Arithmetic pow(Int)": lambda x, a: x[0].pow(a["exponent"]),
    "Arithmetic pow(Float)": lambda x, a: x[0].pow(a["exponent"]),
    "Convolution convolution": convolution,
    "Convolution transposedConvolution": transposed_convolution,
    "Elementwise abs": unary(torch.abs),
    "Elementwise sign": unary(torch.sign),
    "Elementwise square": unary(torch.square),
    "Elementwise sqrt": unary(torch.sqrt),
    "Elementwise rsqrt": unary(torch.rsqrt),
    "Elementwise reciprocal": unary(torch.reciprocal),
    "Elementwise exp": unary(torch.exp),
    "Elementwise expm1": unary(torch.expm1),
    "Elementwise ln": unary(torch.log),
    "Elementwise log1p": unary(torch.log1p),
    "Elementwise sin": unary(torch.sin),
    "Elementwise cos": unary(torch.cos),
    "Elementwise tanh": unary(torch.tanh),
    "Elementwise erf": unary(torch.erf),
    "Elementwise floor": unary(torch.floor),
    "Elementwise ceil": unary(torch.ceil),
    "Elementwise round": unary(torch.round),
    "Elementwise relu": unary(functional.relu),
    "Elementwise selu": unary(functional.selu),
    "Elementwise sigmoid": unary(torch.sigmoid),
    "Elementwise silu": unary(functional.silu),
    "Elementwise softplus": unary(functional.softplus),
    "Elementwise softsign": unary(functional.softsign),
    "Elementwise hardtanh": unary(functional.hardtanh),
    "Elementwise gelu": lambda x, a: functional.gelu(
        x[0], approximate={"exact": "none", "tanh": "tanh"}[a["form"]]
    ),
    "Elementwise leakyRelu": lambda x, a: functional.leaky_relu(x[0], a["slope"]),
    "Elementwise elu": lambda x, a: functional.elu(x[0], a["alpha"]),
    "Elementwise clamp": lambda x, a: x[0].clamp(a["min"], a["max"]),
    "Elementwise maximum": binary(torch.maximum),
    "Elementwise minimum": binary(torch.minimum),
    "Elementwise where": lambda x, a: torch.where(
        x[0] != 0, x[1], x[2] if len(x) == 3 else a["else"]
    ),
    "Elementwise .<": comparison(operator.lt),
    "Elementwise .<=": comparison(operator.le),
    "Elementwise .>": comparison(operator.gt),
    "Elementwise .>=": comparison(operator.ge),
    "Elementwise .==": comparison(operator.eq),
    "Elementwise .!=": comparison(operator.ne),
    "Indexing subscript": subscript,
    "Indexing strided": strided,
    "Indexing indexSelect": index_select,
    "Indexing indexAdd": index_add,
    "Indexing gather": lambda x, a: x[0].gather(a["axis"], x[1].long()),
    "Indexing scatterAdd": lambda x, a: x[0].scatter_add(a["axis"], x[1].long(), x[2]),
    "Indexing embedding": lambda x, a: functional.embedding(x[1].long(), x[0]),
    "Indexing flip": lambda x, a: x[0].flip(a["axes"]),
    "Indexing oneHot": one_hot,
    "Indexing chunks": chunk,
    "Joining cat": lambda x, a: torch.cat(x, a["axis"]),
    "Joining stack": lambda x, a: torch.stack(x, a["axis"]),
    "Joining pad(zero)": pad("constant"),
    "Joining pad(constant)": pad("constant"),
    "Joining pad(reflective)": pad("reflect"),
    "Joining pad(replicative)": pad("replicate"),
    "Losses binaryCrossEntropy": loss(functional.binary_cross_entropy),
    "Losses binaryCrossEntropyWithLogits": loss(functional.binary_cross_entropy_with_logits),
    "Losses klDivergence": loss(kl_divergence),
    "Losses huber": loss(functional.huber_loss, "delta"),
    "Losses smoothL1": loss(functional.smooth_l1_loss, "beta"),
    "Losses negativeLogLikelihood": class_loss(functional.nll_loss),
    "Losses crossEntropy(labels)": class_loss(functional.cross_entropy),
    "Losses crossEntropy(probabilities:)": class_loss(functional.cross_entropy, of_labels=False),
    "Loss functions bceLoss": loss(functional.binary_cross_entropy),
    "Loss functions bceWithLogitsLoss": loss(functional.binary_cross_entropy_with_logits),
    "Loss functions klDivLoss": loss(kl_divergence),
    "Loss functions huberLoss": loss(functional.huber_loss, "delta"),
    "Loss functions smoothL1Loss": loss(functional.smooth_l1_loss, "beta"),
    "Loss functions nllLoss": class_loss(functional.nll_loss),
    "Loss functions crossEntropyLoss": class_loss(functional.cross_entropy),
    "Loss functions mseLoss": loss(functional.mse_loss),
    "Loss functions maeLoss": loss(functional.l1_loss),
    "Normalization layerNorm": lambda x, a: functional.layer_norm(
        x[0], x[0].shape[-1:], eps=a["epsilon"]
    ),
    "Normalization batchNorm": lambda x, a: functional.batch_norm(
        x[0], None, None, training=True, eps=a["epsilon"]
    ),
    "Normalization groupNorm": lambda x, a: functional.group_norm(
        x[0], a["groups"], eps=a["epsilon"]
    ),
    "Pooling maxPool": max_pool,
    "Pooling averagePool": average_pool,
    "Pooling adaptiveMaxPool": adaptive_pool(
        functional.adaptive_max_pool1d,
        functional.adaptive_max_pool2d,
        functional.adaptive_max_pool3d,
    ),
    "Pooling adaptiveAveragePool": adaptive_pool(
        functional.adaptive_avg_pool1d,
        functional.adaptive_avg_pool2d,
        functional.adaptive_avg_pool3d,
    ),
    "Products mm": binary(torch.mm),
    "Products mmT": lambda x, a: torch.mm(x[0], x[1].t()),
    "Products mv": binary(torch.mv),
    "Products vm": binary(torch.matmul),
    "Products vv": binary(torch.dot),
    "Products outer": binary(torch.outer),
    "Products matmul": binary(torch.matmul),
    "Products bilinear": lambda x, a: functional.bilinear(*x),
    "Products einsum": lambda x, a: torch.einsum(a["formula"], *x),
    "Random dropout": lambda x, a: functional.dropout(x[0], a["probability"], a["isTraining"]),
    "Reductions sum": reduction(torch.sum),
    "Reductions mean": reduction(torch.mean),
    "Reductions max": reduction(torch.amax),
    "Reductions min": reduction(torch.amin),
    "Reductions variance": lambda x, a: torch.var(x[0], correction=a["correction"], **axes(x, a)),
    "Reductions standardDeviation": lambda x, a: torch.std(
        x[0], correction=a["correction"], **axes(x, a)
    ),
    "Reductions norm": norm,
    "Reductions logSumExp": reduction(torch.logsumexp),
    "Reductions cumsum": lambda x, a: x[0].cumsum(a["axis"]),
    "Reductions argmax": place(torch.argmax),
    "Reductions argmin": place(torch.argmin),
    "Resampling upsample(to:)": upsample,
    "Resampling upsample(by:)": upsample,
    "Softmax softmax": lambda x, a: x[0].softmax(a["axis"]),
    "Softmax logSoftmax": lambda x, a: x[0].log_softmax(a["axis"]),
    "Views reshape": lambda x, a: x[0].reshape(a["shape"]),
    "Views permute": lambda x, a: x[0].permute(a["order"]),
    "Views t": lambda x, a: x[0].permute(tuple(reversed(range(x[0].dim())))),
    "Views squeeze": lambda x, a: x[0].squeeze(a["axis"]),
    "Views unsqueeze": lambda x, a: x[0].unsqueeze(a["axis"]),
    "Views broadcast": lambda x, a: x[0].broadcast_to(a["shape"]),
    "Views detached": lambda x, a: x[0].square().detach(),
}
