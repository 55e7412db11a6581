import Neuronika

let optimizerFamily = Family(
  "Optimizers",
  [
    "SGD": { draw in
      let momentum = draw.tell("momentum", draw.once(in: 3) ? 0 : draw.double(0.1...0.95))
      let dampening = draw.tell("dampening", draw.once(in: 2) ? 0 : draw.double(0...1))
      let looksAhead = draw.tell("nesterov", momentum > 0 && draw.once(in: 2))
      let penalty = draw.penalty()
      return draw.optimized {
        SGD(
          $0, learningRate: 1, momentum: momentum, dampening: dampening, nesterov: looksAhead,
          penalty: penalty)
      }
    },
    "Adam": { draw in
      let (betas, epsilon, penalty) = (draw.betas(), draw.epsilon(), draw.penalty())
      return draw.optimized { Adam($0, betas: betas, epsilon: epsilon, penalty: penalty) }
    },
    "AMSGrad": { draw in
      let (betas, epsilon, penalty) = (draw.betas(), draw.epsilon(), draw.penalty())
      return draw.optimized { AMSGrad($0, betas: betas, epsilon: epsilon, penalty: penalty) }
    },
    "AdamW": { draw in
      let (betas, epsilon) = (draw.betas(), draw.epsilon())
      let decay = draw.tell("decay", draw.double(0...0.5))
      return draw.optimized { AdamW($0, betas: betas, epsilon: epsilon, weightDecay: decay) }
    },
    "Adagrad": { draw in
      let decay = draw.tell("decay", draw.once(in: 2) ? 0 : draw.double(0...1))
      let (epsilon, penalty) = (draw.epsilon(), draw.penalty())
      return draw.optimized {
        Adagrad($0, learningRateDecay: decay, epsilon: epsilon, penalty: penalty)
      }
    },
    "RMSProp": { draw in
      let smoothing = draw.tell("smoothing", draw.double(0.5...0.99))
      let momentum = draw.tell("momentum", draw.once(in: 2) ? 0 : draw.double(0.1...0.95))
      let isCentered = draw.tell("centered", draw.once(in: 2))
      let (epsilon, penalty) = (draw.epsilon(), draw.penalty())
      return draw.optimized {
        RMSProp(
          $0, smoothing: smoothing, momentum: momentum, centered: isCentered, epsilon: epsilon,
          penalty: penalty)
      }
    },
    "clipGradients(toNorm:)": { draw in
      let bound = draw.tell("norm", draw.double(0.1...20))
      return draw.clipped { clipGradients($0, toNorm: bound) }
    },
    "clipGradients(toMagnitude:)": { draw in
      let bound = draw.tell("magnitude", Double(draw.float(0.1...3)))
      return draw.clipped {
        clipGradients($0, toMagnitude: bound)
        return nil
      }
    },
  ])

nonisolated extension Drawing {
  fileprivate mutating func betas() -> (Double, Double) {
    let betas = tell("betas", [once(in: 6) ? 0 : double(0.5...0.95), double(0.8...0.9999)])
    return (betas[0], betas[1])
  }

  /// The added number, from next to nothing to much.
  fileprivate mutating func epsilon() -> Double {
    tell("epsilon", pick([1e-10, 1e-8, 1e-5, 1e-3, 0.1]))
  }

  /// A penalty, or none. The peer is told how strong its parts are.
  fileprivate mutating func penalty() -> (any Penalty)? {
    let (lambda1, lambda2) = (float(0...0.1), float(0...0.1))
    switch int(0...3) {
    case 0: return L1(tell("l1", lambda1))
    case 1: return L2(tell("l2", lambda2))
    case 2: return ElasticNet(tell("l1", lambda1), tell("l2", lambda2))
    default: return nil
    }
  }

  /// The numbers of all parameters, one after the other, after some steps at given rates with given
  /// gradients. Now and then a parameter gets none in a step.
  fileprivate mutating func optimized(
    _ optimizer: ([VarDiff]) -> any Optimizer
  ) -> VarDiff {
    let parameters = (0..<tell("parameters", int(1...3))).map { _ in
      constant(tensor(shape(ranks: 0...3), -2...2)).requiresGrad()
    }
    let optimizer = optimizer(parameters)
    let steps = int(1...8)
    let changes = once(in: 2)
    let first = double(0.001...0.2)
    let rates = tell("rates", (0..<steps).map { _ in changes ? double(0.001...0.2) : first })
    var reached: [[Bool]] = []
    for rate in rates {
      reached.append(parameters.map { _ in !once(in: 6) })
      for (parameter, isReached) in zip(parameters, reached.last!) where isReached {
        let gradient = constant(tensor(parameter.shape, -2...2))
        (parameter * gradient).sum().backward()
      }
      optimizer.learningRate = rate
      optimizer.step()
      optimizer.zeroGrad()
    }
    _ = tell("reached", reached)
    let numbers = parameters.flatMap(\.data.elements)
    return VarDiff(Var(Tensor(numbers, shape: [numbers.count])))
  }
  /// The gradients of some parameters after clipping, one after the other, and the norm before if
  /// that is known.
  fileprivate mutating func clipped(_ clip: ([VarDiff]) -> Double?) -> VarDiff {
    let parameters = (0..<int(1...3)).map { _ in
      let gradient = constant(tensor(shape(ranks: 0...3), -2...2))
      let parameter = Var.zeros(gradient.shape).requiresGrad()
      (parameter * gradient).sum().backward()
      return parameter
    }
    let norm = clip(parameters)
    let numbers = parameters.flatMap(\.grad.elements) + (norm.map { [Float($0)] } ?? [])
    return VarDiff(Var(Tensor(numbers, shape: [numbers.count])))
  }
}
