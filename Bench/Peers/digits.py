"""The training of a digits tutorial in PyTorch: the same model, hyper-parameters and schedule.

    python Bench/Peers/digits.py --model mlp|cnn --data FOLDER [--seed N] [--epochs N] [--threads N]

FOLDER holds the four IDX files, gzipped or not. Prints a line an epoch, and at the end the accuracy on
the test images and the seconds of training, reading the files and testing left out.

Each thing stands in the form that was the fastest of those tried: all images in one tensor, indexed
by a permutation (a DataLoader takes longer than the step); moved images as windows into padded ones;
channels last; fused optimizers.
"""

import argparse
import gzip
import os
import time

import numpy
import torch
from torch import nn
from torch.nn import functional


def read(folder, stem, header):
    path = os.path.join(folder, stem)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb") as file:
        return torch.from_numpy(numpy.frombuffer(file.read(), numpy.uint8)[header:].copy())


def digits(folder, part):
    images = read(folder, f"{part}-images-idx3-ubyte", 16)
    labels = read(folder, f"{part}-labels-idx1-ubyte", 8)
    return images.view(-1, 1, 28, 28).float() / 255, labels.long()


def perceptron():
    model = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 256),
        nn.ReLU(),
        nn.Linear(256, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )
    for layer in (model[1], model[3]):
        nn.init.kaiming_normal_(layer.weight)
    return model


def convolutional():
    def stage(inputs, outputs, kernel, padding):
        return [
            nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=False),
            nn.MaxPool2d(2),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        ]

    return nn.Sequential(
        *stage(1, 8, 5, 0),
        *stage(8, 16, 3, 1),
        *stage(16, 32, 3, 1),
        nn.Flatten(),
        nn.Dropout(0.1),
        nn.Linear(32 * 3 * 3, 10),
    )


class Images:
    """Batches of images."""

    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def batch(self, rows):
        return self.images[rows], self.labels[rows]


class MovedImages:
    """Batches of images moved by up to some pixels."""

    def __init__(self, images, labels, reach, memory_format):
        self.labels, self.reach, self.memory_format = labels, reach, memory_format
        padded = functional.pad(images, [reach] * 4)
        # windows[n, 0, dy, dx] is image n moved: a view, nothing is copied.
        self.windows = padded.unfold(2, 28, 1).unfold(3, 28, 1)

    def batch(self, rows):
        down = torch.randint(2 * self.reach + 1, rows.shape)
        right = torch.randint(2 * self.reach + 1, rows.shape)
        images = self.windows[rows, 0, down, right].unsqueeze(1)
        return images.contiguous(memory_format=self.memory_format), self.labels[rows]


def accuracy(model, images, labels):
    model.eval()
    with torch.no_grad():
        parts = [model(part).argmax(1) for part in images.split(500)]
    model.train()
    return (torch.cat(parts) == labels).float().mean().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=["mlp", "cnn"], required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, help="End after so many steps.")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)

    images, labels = digits(options.data, "train")
    test_images, test_labels = digits(options.data, "t10k")
    # A tenth is kept back, as in the tutorial, which looks at it after each epoch.
    order = torch.randperm(len(images))
    held = len(images) // 10
    validation = images[order[:held]], labels[order[:held]]

    rest = images[order[held:]], labels[order[held:]]
    count = len(rest[1])
    if options.model == "mlp":
        model, training = perceptron(), Images(*rest)
        optimizer = torch.optim.SGD(
            model.parameters(), lr=options.learning_rate or 0.05, momentum=0.9, fused=True
        )
        # The last batch of an epoch is smaller.
        steps = -(-count // options.batch_size)
    else:
        memory_format = torch.channels_last
        model = convolutional().to(memory_format=memory_format)
        training = MovedImages(*rest, 2, memory_format)
        optimizer = torch.optim.AdamW(
            model.parameters(), lr=options.learning_rate or 0.006, fused=True
        )
        steps = count // options.batch_size
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, optimizer.param_groups[0]["lr"], total_steps=options.epochs * steps,
        cycle_momentum=False,
    )

    seconds, done = 0.0, 0
    for epoch in range(options.epochs):
        start = time.perf_counter()
        permutation = torch.randperm(count)
        total = 0.0
        for step in range(steps):
            first = step * options.batch_size
            x, y = training.batch(permutation[first : first + options.batch_size])
            scores = model(x)
            loss = functional.cross_entropy(scores, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            # The tutorial writes both down in every step.
            total += loss.item()
            right = (scores.detach().argmax(1) == y).sum().item()
            done += 1
            if done == options.steps:
                break
        valid = accuracy(model, *validation)
        seconds += time.perf_counter() - start
        print(
            f"epoch {epoch + 1}  loss {total / (step + 1):.4f}  validation {valid:.4f}  "
            f"{seconds:.1f} s",
            flush=True,
        )
        if done == options.steps:
            break
    print(f"test {accuracy(model, test_images, test_labels):.4f}  seconds {seconds:.2f}  steps {done}")


main()
