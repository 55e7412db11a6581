"""What a task says, for all frameworks alike."""

from tensorfile import count


class Declined(Exception):
    """The framework has not what the task needs."""


def layers_of(task):
    """The layers: the kind, its attributes, and the shape of an example before it."""
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


def array(numpy, file, name):
    """A tensor of the file as an array of NumPy's, with memory of its own."""
    buffer, offset, shape = file.tensor(name)
    flat = numpy.frombuffer(buffer, dtype=numpy.float32, count=count(shape), offset=offset)
    return flat.reshape(shape).copy()
