"""The layers of `bench peers --agreement` in PyTorch, as functions like those of `operations.py`.
"""

from torch import nn
from torch.func import functional_call


def layer(make):
    """A layer with the drawn values, which are the last operands, for its own."""

    def evaluate(x, a):
        names = a["learnables"]
        inputs = len(x) - len(names)
        values = dict(zip(names, x[inputs:]))
        # It complains about names that are missing or unknown.
        return functional_call(make(a), values, tuple(x[:inputs]), strict=True)

    return evaluate


layers = {
    "Layers Linear": layer(lambda a: nn.Linear(*a["sizes"], bias=a["bias"])),
}
