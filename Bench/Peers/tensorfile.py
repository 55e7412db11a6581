"""Named tensors in one file, as `bench` writes and reads them: the safetensors layout, a JSON header
of names, shapes and places before the numbers. In plain Python, so that a peer needs nothing else.
"""

import json


class TensorFile:
    """What `bench` has written."""

    def __init__(self, path):
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            self.entries = json.loads(file.read(length))
            self.bytes = bytearray(file.read())
        self.metadata = self.entries.pop("__metadata__")

    def tensor(self, name):
        """The bytes, the offset in them and the shape."""
        entry = self.entries[name]
        return self.bytes, entry["data_offsets"][0], entry["shape"]

    def torch(self, torch, name):
        """A tensor of PyTorch's, with memory of its own."""
        buffer, offset, shape = self.tensor(name)
        if count(shape) == 0:
            return torch.empty(shape)
        flat = torch.frombuffer(buffer, dtype=torch.float32, count=count(shape), offset=offset)
        return flat.reshape(shape).clone()


class TensorFileWriter:
    """Gathers PyTorch's tensors, as doubles."""

    def __init__(self, torch):
        self.torch = torch
        self.entries = {}
        self.chunks = []
        self.length = 0

    def add(self, name, tensor):
        size = 8 * tensor.numel()
        chunk = bytearray(size)
        if size > 0:
            self.torch.frombuffer(chunk, dtype=self.torch.float64).copy_(tensor.detach().flatten())
        self.entries[name] = {
            "dtype": "F64",
            "shape": list(tensor.shape),
            "data_offsets": [self.length, self.length + size],
        }
        self.chunks.append(chunk)
        self.length += size

    def write(self, path):
        header = json.dumps(self.entries).encode()
        header += b" " * (-len(header) % 8)
        with open(path, "wb") as file:
            file.write(len(header).to_bytes(8, "little"))
            file.write(header)
            file.writelines(self.chunks)


def count(shape):
    product = 1
    for extent in shape:
        product *= extent
    return product
