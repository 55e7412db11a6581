"""The cases of `bench peers --agreement`, evaluated by PyTorch.

It reads operands and attributes from one file and writes values and gradients to another, on a line
on standard input:

    evaluate     ->  ok COUNT
    quit

The first line it writes is `ready NAME VERSION` or `missing REASON`; a failure is `error REASON`.

Everything is computed in double precision from the same single-precision operands, so that what is
compared with is nearer to the truth than what is compared.
"""

import argparse
import json
import os
import sys

from tensorfile import TensorFile, TensorFileWriter


def evaluate(torch, subjects, cases, results):
    file = TensorFile(cases)
    writer = TensorFileWriter(torch)
    described = json.loads(file.metadata["cases"])
    for case in described:
        name = case["id"]
        operands = [
            file.torch(torch, f"{name}/operand.{index}").double().requires_grad_(differentiable)
            for index, differentiable in enumerate(case["operands"])
        ]
        try:
            value = subjects[case["subject"]](operands, case["attributes"])
            if case["hasGradient"]:
                upstream = file.torch(torch, f"{name}/upstream").double()
                # Where no gradient arrives there are zeros.
                value.backward(upstream)
        except Exception as error:
            raise RuntimeError(f"{name}: {type(error).__name__}: {error}") from error
        writer.add(f"{name}/value", value)
        if not case["hasGradient"]:
            continue
        for index, operand in enumerate(operands):
            if operand.requires_grad:
                gradient = torch.zeros_like(operand) if operand.grad is None else operand.grad
                writer.add(f"{name}/gradient.{index}", gradient)
    writer.write(results)
    return len(described)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--cases", required=True)
    parser.add_argument("--results", required=True)
    options = parser.parse_args()

    # Whatever a library prints goes to standard error; the answers keep the stream for themselves.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)

    try:
        import torch
    except ImportError as error:
        print("missing", str(error).splitlines()[0], file=answers)
        return
    from layers import layers
    from operations import operations
    from optimizers import optimizers, schedules

    subjects = {**operations, **layers, **optimizers, **schedules}

    torch.set_num_threads(options.threads)
    print("ready PyTorch", torch.__version__, file=answers)
    for line in sys.stdin:
        if line.strip() == "quit":
            break
        try:
            count = evaluate(torch, subjects, options.cases, options.results)
            print("ok", count, file=answers)
        except Exception as error:
            print("error", " ".join(f"{type(error).__name__}: {error}".split()), file=answers)


main()
