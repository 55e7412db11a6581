"""The optimizers and schedules of `bench peers --agreement` in PyTorch, as functions like those of
`operations.py`.
"""

import torch
from torch import optim


def optimizer(make):
    """All parameters' numbers after the steps, from parameters and then their gradients."""

    def evaluate(x, a):
        parameters = [torch.nn.Parameter(start.clone()) for start in x[: a["parameters"]]]
        gradients = iter(x[a["parameters"] :])
        # Our L2 is the square itself, whose derivative is twice the weight.
        optimizer = make(parameters, 2 * a.get("l2", 0), a)
        for rate, reached in zip(a["rates"], a["reached"]):
            for parameter, is_reached in zip(parameters, reached):
                parameter.grad = None
                if is_reached:
                    penalty = a.get("l1", 0) * parameter.detach().sign()
                    parameter.grad = next(gradients) + penalty
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()
        return torch.cat([parameter.detach().flatten() for parameter in parameters])

    return evaluate


def sgd(parameters, weight_decay, a):
    optimizer = optim.SGD(
        parameters, momentum=a["momentum"], dampening=a["dampening"], weight_decay=weight_decay
    )
    # It has the formula for both together, but its initializer refuses a dampening with Nesterov's.
    optimizer.param_groups[0]["nesterov"] = a["nesterov"]
    # It begins with the first gradient undamped. From a momentum of zeros the definitions are one.
    for parameter in parameters:
        optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)
    return optimizer


def adam(parameters, weight_decay, a):
    # JSON has 0 for 0.0.
    betas = tuple(map(float, a["betas"]))
    return optim.Adam(parameters, betas=betas, eps=a["epsilon"], weight_decay=weight_decay)


def schedule(*makes):
    """The rates of some epochs; all schedules are stepped after each."""

    def evaluate(x, a):
        optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=a["rate"])
        schedules = [make(optimizer, a) for make in makes]
        rates = [optimizer.param_groups[0]["lr"]]
        for _ in range(a["epochs"]):
            optimizer.step()
            for schedule in schedules:
                schedule.step()
            rates.append(optimizer.param_groups[0]["lr"])
        return torch.tensor(rates, dtype=torch.float64)

    return evaluate


def step_lr(optimizer, a):
    return optim.lr_scheduler.StepLR(optimizer, a["period"], a["gamma"])


def exponential_lr(optimizer, a):
    return optim.lr_scheduler.ExponentialLR(optimizer, a["gamma"])


def lambda_lr(optimizer, a):
    return optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: a["factors"][epoch])


optimizers = {
    "Optimizers SGD": optimizer(sgd),
    "Optimizers Adam": optimizer(adam),
}

schedules = {
    "Schedules StepLR": schedule(step_lr),
    "Schedules ExponentialLR": schedule(exponential_lr),
    "Schedules LambdaLR": schedule(lambda_lr),
    "Schedules StepLR and ExponentialLR": schedule(step_lr, exponential_lr),
}
