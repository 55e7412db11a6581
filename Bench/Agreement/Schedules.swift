import Neuronika

let scheduleFamily = Family(
  "Schedules",
  [
    "StepLR": { draw in
      let (period, gamma) = (draw.tell("period", draw.int(1...9)), draw.gamma())
      return draw.rates { [StepLR($0, every: period, gamma: gamma)] }
    },
    "ExponentialLR": { draw in
      let gamma = draw.gamma()
      return draw.rates { [ExponentialLR($0, gamma: gamma)] }
    },
    "LambdaLR": { draw in
      let factors = draw.factors()
      return draw.rates { [LambdaLR($0) { factors[$0] }] }
    },
    "MultiplicativeLR": { draw in
      let factors = draw.factors()
      return draw.rates { [MultiplicativeLR($0) { factors[$0] }] }
    },
    "MultiStepLR": { draw in
      let milestones = draw.tell("milestones", (1...mostEpochs).filter { _ in draw.once(in: 6) })
      let gamma = draw.gamma()
      return draw.rates { [MultiStepLR($0, at: milestones, gamma: gamma)] }
    },
    "CosineAnnealingLR": { draw in
      // PyTorch's rises again after the end.
      let length = draw.tell("length", draw.int(1...mostEpochs))
      let end = draw.tell("end", draw.double(0...1))
      return draw.rates(atMost: length) { [CosineAnnealingLR($0, over: length, to: end)] }
    },
    "LinearWarmUpLR": { draw in
      let length = draw.tell("length", draw.int(1...mostEpochs))
      let start = draw.tell("start", draw.double(0.01...1))
      return draw.rates { [LinearWarmUpLR($0, over: length, from: start)] }
    },
    "OneCycleLR": { draw in
      // PyTorch's ends with an error.
      let length = draw.tell("length", draw.int(3...mostEpochs))
      // PyTorch begins a rise of less than a step before the first.
      let rise = draw.tell("rise", draw.double(1 / Double(length)...1))
      let start = draw.tell("start", draw.double(0.01...1))
      let end = draw.tell("end", draw.double(0.001...1))
      return draw.rates(atMost: length - 1) {
        [OneCycleLR($0, over: length, rise: rise, from: start, to: end)]
      }
    },
    "ReduceOnPlateauLR": { draw in
      let isLess = draw.tell("isLess", draw.once(in: 2))
      let measurements = draw.tell(
        "measurements", (0..<draw.int(1...mostEpochs)).map { _ in draw.double(1...2) })
      let schedule = ReduceOnPlateauLR(
        draw.optimizer(), better: isLess ? .less : .greater,
        gamma: draw.tell("gamma", draw.double(0.1...0.9)),
        patience: draw.tell("patience", draw.int(0...3)),
        threshold: draw.tell("threshold", draw.double(0...0.2)),
        cooldown: draw.tell("cooldown", draw.int(0...3)),
        minimum: draw.tell("minimum", draw.double(0...0.2)))
      return draw.rates(
        of: schedule.optimizer, measurements.map { measurement in { schedule.step(measurement) } })
    },
    "StepLR and ExponentialLR": { draw in
      let (period, gamma) = (draw.tell("period", draw.int(1...9)), draw.gamma())
      return draw.rates {
        [StepLR($0, every: period, gamma: gamma), ExponentialLR($0, gamma: gamma)]
      }
    },
  ])

/// No case has more epochs.
private nonisolated let mostEpochs = 30

nonisolated extension Drawing {
  fileprivate mutating func gamma() -> Double { tell("gamma", double(0.5...1.1)) }

  /// The factor of each epoch; that of the first, which runs with the rate as it stands, is 1.
  fileprivate mutating func factors() -> [Double] {
    tell("factors", [1] + (1...mostEpochs).map { _ in double(0.1...2) })
  }

  /// An optimizer with a rate.
  fileprivate mutating func optimizer() -> SGD {
    SGD([Var.zeros(1).requiresGrad()], learningRate: tell("rate", double(0.001...10)))
  }

  /// The rates of some epochs.
  ///
  /// - Parameter schedules: All are stepped after each epoch, in their order.
  fileprivate mutating func rates(
    atMost bound: Int = mostEpochs, _ schedules: (any Optimizer) -> [any Schedule]
  ) -> VarDiff {
    let optimizer = optimizer()
    let schedules = schedules(optimizer)
    let epochs = tell("epochs", int(1...bound))
    return rates(of: optimizer, (0..<epochs).map { _ in { schedules.forEach { $0.step() } } })
  }

  /// The rate before the ends of epochs and after each.
  fileprivate func rates(of optimizer: any Optimizer, _ ends: [() -> Void]) -> VarDiff {
    var rates = [Float(optimizer.learningRate)]
    for end in ends {
      end()
      rates.append(Float(optimizer.learningRate))
    }
    return VarDiff(Var(Tensor(rates, shape: [rates.count])))
  }
}
