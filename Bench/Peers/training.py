"""The training steps of `bench`, done by another framework.

One long-lived process that does a turn on request. It reads the same initial weights and batches
as Neuronika does, from one file (the safetensors layout), and obeys lines on standard input:

    prepare TASK            ->  ok NOTE               builds the model, picks the best set-up
    history TASK COUNT      ->  ok SECONDS LOSS ...   of each step since the start, from the initial
                                                      weights; after the same run without a clock
    time TASK WARMUP STEPS  ->  ok NANOSECONDS        of STEPS steps after WARMUP, from the same
    quit

The first line it writes is `ready NAME VERSION` or `missing REASON`. A failure is `error REASON`;
`declined REASON` answers `prepare` of a task that needs what the framework has not.
"""

import argparse
import json
import os
import signal
import sys
import time

from frameworks.jax_ import JAX
from frameworks.numpy_ import NumPy
from frameworks.pytorch import PyTorch, PyTorchChannelsLast, PyTorchCompile
from frameworks.tasks import Declined
from tensorfile import TensorFile

frameworks = {
    "torch": PyTorch,
    "torch-channels-last": PyTorchChannelsLast,
    "torch-compile": PyTorchCompile,
    "jax": JAX,
    "numpy": NumPy,
}


def history(model, count):
    """The seconds since the start and the loss, of each step."""
    for index in range(count):
        model.step(index)
    model.reset()
    start = time.perf_counter()
    for index in range(count):
        loss = model.step(index)
        yield time.perf_counter() - start
        yield loss


def nanoseconds(model, warmup, steps):
    """The time of some steps after others."""
    for index in range(warmup):
        model.step(index)
    start = time.perf_counter_ns()
    for index in range(warmup, warmup + steps):
        model.step(index)
    return time.perf_counter_ns() - start


def in_a_line(error):
    """The first line of what an exception says: compilers say a lot."""
    lines = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--framework", choices=list(frameworks), required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--tasks", required=True)
    options = parser.parse_args()

    # When it is told to end it leaves no files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # Whatever a library prints goes to standard error; the answers keep the stream for themselves.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    def answer(*words):
        print(*words, file=answers, flush=True)

    try:
        peer = frameworks[options.framework](options.threads)
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
            if verb == "history":
                answer("ok", *map(repr, history(model, int(words[1]))))
            elif verb == "time":
                answer("ok", nanoseconds(model, int(words[1]), int(words[2])))
            else:
                answer("error", "unknown command", verb)
        except Declined as reason:
            answer("declined", reason)
        except Exception as error:
            answer("error", in_a_line(error))


main()
