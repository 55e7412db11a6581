import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// What the engine promises of every operation: the values and gradients of the specification.
@Suite struct EngineTests {
  @Test(arguments: contracts)
  func theValueIsThatOfTheSpecification(_ contract: Contract) {
    for sample in contract.samples {
      let output = sample.build(sample.variables())
      output.forward()
      expect(output.data, isValueOf: output, contract, sample)
    }
  }

  @Test(arguments: contracts)
  func theValueIsTheSameWhereNothingGetsAGradient(_ contract: Contract) {
    for sample in contract.samples {
      let output = sample.build(sample.tensors().map { VarDiff(Var.from($0)) })
      withoutGradients { output.forward() }
      expect(output.data, isValueOf: output, contract, sample)
    }
  }

  @Test(arguments: contracts)
  func theGradientIsThatOfTheSpecification(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives {
      expectGradients(contract, sample, sample.variables(), sample.build)
    }
  }

  @Test(arguments: contracts)
  func twoOperandsMayBeOneVariable(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives && sample.canBeAliased {
      expectGradients(contract, sample, sample.variables(aliased: true), sample.build)
    }
  }

  @Test(arguments: contracts)
  func insideALongerComputationItIsTheSameOperation(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives {
      expectGradients(contract, sample, sample.variables()) { leaves in
        let inner = leaves.map { $0.node.isDifferentiable ? $0 * 1.25 - $0 * 0.25 : $0 }
        // Its slope loses no digits anywhere, as that of tanh would where it is flat.
        return (sample.build(inner) * 0.5).softplus()
      }
    }
  }

  @Test(arguments: contracts)
  func gradientsAccumulateUntilTheyAreZeroed(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives && sample.count < 1000 {
      let leaves = sample.variables()
      let differentiable = leaves.filter(\.node.isDifferentiable)
      let output = sample.build(leaves)
      let seed = seed(of: sample, output.shape)
      output.forward()
      output.backward(seed)
      let once = differentiable.map(\.grad)
      output.backward(seed)
      for (leaf, once) in zip(differentiable, once) {
        #expect(leaf.grad.elements == once.elements.map { 2 * $0 }, "\(sample.label)")
      }
      output.zeroGrad()
      for leaf in differentiable {
        #expect(leaf.grad == .zeros(leaf.shape), "\(sample.label)")
      }
      output.forward()
      output.backward(seed)
      #expect(differentiable.map(\.grad) == once, "\(sample.label)")
    }
  }

  @Test(arguments: contracts)
  func theSecondDerivativeIsThatOfTheSpecification(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives && sample.count < 1000 {
      let leaves = sample.variables()
      let differentiable = leaves.filter(\.node.isDifferentiable)
      let output = sample.build(leaves)
      let weights = Var.from(seed(of: sample, output.shape))
      let slopes = grad(of: (output * weights).sum(), wrt: differentiable)
      let combined = slopes.map { ($0 * Var.from(seed(of: sample, $0.shape))).sum() }
        .reduce(VarDiff(Var.from(Tensor(0))), +)
      // Where the gradient is constant there is nothing to go backward through.
      guard combined.node.isDifferentiable else { continue }
      combined.backward()
      expect(
        differentiable, haveGradientsOf: combined, seed: Tensor(1), contract,
        sample.label + ", second order")
    }
  }

  @Test(arguments: contracts)
  func aChangedLeafChangesTheNextForward(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives && sample.count < 1000 {
      let leaves = sample.variables()
      let output = sample.build(leaves)
      output.forward()
      for leaf in leaves where leaf.node.isDifferentiable {
        leaf.data = Tensor(leaf.data.elements.map { $0 * 1.0625 }, shape: leaf.shape)
      }
      output.forward()
      expect(output.data, isValueOf: output, contract, sample)
    }
  }

  @Test(arguments: contracts)
  func atAKinkTheGradientIsTheChosenOne(_ contract: Contract) {
    for kink in contract.kinks {
      let x = Var.from(Tensor(repeating: kink.place, shape: [3])).requiresGrad()
      kink.function(x).backward()
      #expect(x.grad.elements == [kink.slope, kink.slope, kink.slope])
    }
  }

  @Test func anExcludedClassGetsAGradientOfZero() {
    let scores = Var.from(Tensor([1, -.infinity, 2, 0.5], shape: [1, 4])).requiresGrad()
    scores.crossEntropy(Var.from(Tensor([0]))).backward()
    #expect(scores.grad.elements.allSatisfy(\.isFinite) && scores.grad.elements[1] == 0)
    scores.zeroGrad()
    scores.softmax(axis: 1).backward(Tensor([1, 2, 3, 4], shape: [1, 4]))
    #expect(scores.grad.elements.allSatisfy(\.isFinite) && scores.grad.elements[1] == 0)
  }

  @Test func aLabelThatDoesNotCountGivesAGradientOfZero() {
    let scores = Var.from(Tensor([-.infinity, 1, 2, 0, 0, 0], shape: [2, 3])).requiresGrad()
    let labels = Var.from([-1, 1])
    scores.crossEntropy(labels, labelSmoothing: 0.5, ignoring: -1).backward()
    #expect(scores.grad.elements[..<3].allSatisfy { $0 == 0 } && scores.grad[1, 1] < 0)
    scores.zeroGrad()
    scores.negativeLogLikelihood(labels, ignoring: -1).backward()
    #expect(scores.grad == [[0, 0, 0], [0, -1, 0]])
  }

  @Test func howExactEveryOperationIs() {
    var lines = ["operation        worst error, in units in the last place"]
    for contract in contracts {
      let worst = contract.samples.reduce(0.0) { worst, sample in
        let output = sample.build(sample.variables())
        let truth = ReferenceExecutor.evaluate([output.node])[0]
        return max(worst, worstError(of: output.data, from: truth, scale: contract.scale))
      }
      let name = contract.name.padded(to: 22)
      let scale = contract.scale == .element ? "of the element" : "of the greatest element"
      lines.append(
        "\(name) \((worst * 100).rounded() / 100) \(scale), allowed \(contract.tolerance)")
    }
    print(lines.joined(separator: "\n"))
  }
}

/// Apart and one after the other, because the number of threads is the whole process's.
@Suite(.serialized) struct ThreadTests {
  @Test(arguments: contracts.filter { $0.large != nil })
  func oneThreadAndTwoGiveTheSame(_ contract: Contract) {
    let sample = contract.large!
    func run(threads: Int) -> [Tensor] {
      withThreads(threads) {
        let leaves = sample.variables()
        let output = sample.build(leaves)
        output.forward()
        output.backward(seed(of: sample, output.shape))
        return [output.data] + leaves.filter(\.node.isDifferentiable).map(\.grad)
      }
    }
    for (one, two) in zip(run(threads: 1), run(threads: 2)) {
      let error = worstError(of: two, from: ReferenceTensor(one), scale: .greatest)
      #expect(error <= contract.gradientTolerance)
    }
  }

  @Test(arguments: contracts.filter { $0.large != nil })
  func twiceTheSameGivesTheSameBits(_ contract: Contract) {
    let sample = contract.large!
    func run() -> [Tensor] {
      let leaves = sample.variables()
      let output = sample.build(leaves)
      output.forward()
      output.backward(seed(of: sample, output.shape))
      return [output.data] + leaves.filter(\.node.isDifferentiable).map(\.grad)
    }
    #expect(run() == run())
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
