"""The optimizers and schedules of `bench peers --agreement` in PyTorch, as functions like those of
`operations.py`.
"""

import torch
from torch import optim
from torch.optim import lr_scheduler as scheduler


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


def adam(make, **options):
    def evaluate(parameters, weight_decay, a):
        # JSON has 0 for 0.0.
        betas = tuple(map(float, a["betas"]))
        # AdamW's own takes the place of a penalty.
        weight_decay = a.get("decay", weight_decay)
        return make(parameters, betas=betas, eps=a["epsilon"], weight_decay=weight_decay, **options)

    return evaluate


def adagrad(parameters, weight_decay, a):
    return optim.Adagrad(
        parameters, lr_decay=a["decay"], eps=a["epsilon"], weight_decay=weight_decay
    )


def rmsprop(parameters, weight_decay, a):
    return optim.RMSprop(
        parameters,
        alpha=a["smoothing"],
        momentum=a["momentum"],
        centered=a["centered"],
        eps=a["epsilon"],
        weight_decay=weight_decay,
    )


def clipped(x):
    """Parameters with these gradients, and what the gradients are after clipping."""
    parameters = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in x]
    for parameter, gradient in zip(parameters, x):
        parameter.grad = gradient.clone()
    return parameters, lambda: [parameter.grad.flatten() for parameter in parameters]


def clip_to_norm(x, a):
    parameters, gradients = clipped(x)
    norm = torch.nn.utils.clip_grad_norm_(parameters, a["norm"])
    return torch.cat([*gradients(), norm.reshape(1)])


def clip_to_magnitude(x, a):
    parameters, gradients = clipped(x)
    torch.nn.utils.clip_grad_value_(parameters, a["magnitude"])
    return torch.cat(gradients())


def schedule(*makes):
    """The rates of some epochs; all schedules are stepped after each."""

    def evaluate(x, a):
        optimizer = optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=a["rate"])
        schedules = [make(optimizer, a) for make in makes]
        rates = [optimizer.param_groups[0]["lr"]]
        for epoch in range(a["epochs"] if "epochs" in a else len(a["measurements"])):
            optimizer.step()
            for schedule in schedules:
                schedule.step(*a.get("measurements", [])[epoch : epoch + 1])
            rates.append(optimizer.param_groups[0]["lr"])
        return torch.tensor(rates, dtype=torch.float64)

    return evaluate


def step_lr(optimizer, a):
    return scheduler.StepLR(optimizer, a["period"], a["gamma"])


def exponential_lr(optimizer, a):
    return scheduler.ExponentialLR(optimizer, a["gamma"])


def lambda_lr(optimizer, a):
    return scheduler.LambdaLR(optimizer, lambda epoch: a["factors"][epoch])


def multiplicative_lr(optimizer, a):
    return scheduler.MultiplicativeLR(optimizer, lambda epoch: a["factors"][epoch])


def multi_step_lr(optimizer, a):
    return scheduler.MultiStepLR(optimizer, a["milestones"], a["gamma"])


def cosine_annealing_lr(optimizer, a):
    return scheduler.CosineAnnealingLR(optimizer, a["length"], a["end"] * a["rate"])


def linear_warm_up_lr(optimizer, a):
    return scheduler.LinearLR(optimizer, a["start"], total_iters=a["length"])


def one_cycle_lr(optimizer, a):
    return scheduler.OneCycleLR(
        optimizer,
        a["rate"],
        total_steps=a["length"],
        pct_start=a["rise"],
        cycle_momentum=False,
        div_factor=1 / a["start"],
        final_div_factor=a["start"] / a["end"],
    )


def reduce_on_plateau_lr(optimizer, a):
    return scheduler.ReduceLROnPlateau(
        optimizer,
        "min" if a["isLess"] else "max",
        a["gamma"],
        a["patience"],
        a["threshold"],
        cooldown=a["cooldown"],
        min_lr=a["minimum"],
        eps=0,
    )


optimizers = {
    "Optimizers SGD": optimizer(sgd),
    "Optimizers Adam": optimizer(adam(optim.Adam)),
    "Optimizers AMSGrad": optimizer(adam(optim.Adam, amsgrad=True)),
    "Optimizers AdamW": optimizer(adam(optim.AdamW)),
    "Optimizers Adagrad": optimizer(adagrad),
    "Optimizers RMSProp": optimizer(rmsprop),
    "Optimizers clipGradients(toNorm:)": clip_to_norm,
    "Optimizers clipGradients(toMagnitude:)": clip_to_magnitude,
}

schedules = {
    "Schedules StepLR": schedule(step_lr),
    "Schedules ExponentialLR": schedule(exponential_lr),
    "Schedules LambdaLR": schedule(lambda_lr),
    "Schedules MultiplicativeLR": schedule(multiplicative_lr),
    "Schedules MultiStepLR": schedule(multi_step_lr),
    "Schedules CosineAnnealingLR": schedule(cosine_annealing_lr),
    "Schedules LinearWarmUpLR": schedule(linear_warm_up_lr),
    "Schedules OneCycleLR": schedule(one_cycle_lr),
    "Schedules ReduceOnPlateauLR": schedule(reduce_on_plateau_lr),
    "Schedules StepLR and ExponentialLR": schedule(step_lr, exponential_lr),
}
