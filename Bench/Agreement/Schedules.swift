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

  /// The rates of some epochs.
  ///
  /// - Parameter schedules: All are stepped after each epoch, in their order.
  fileprivate mutating func rates(_ schedules: (any Optimizer) -> [any Schedule]) -> VarDiff {
    let rate = tell("rate", double(0.001...10))
    let optimizer = SGD([Var.zeros(1).requiresGrad()], learningRate: rate)
    let schedules = schedules(optimizer)
    var rates = [optimizer.learningRate]
    for _ in 0..<tell("epochs", int(1...mostEpochs)) {
      for schedule in schedules { schedule.step() }
      rates.append(optimizer.learningRate)
    }
    return VarDiff(Var(Tensor(rates.map(Float.init), shape: [rates.count])))
  }
}
