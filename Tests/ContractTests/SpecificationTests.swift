import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import Testing

/// What the operations promise of themselves, without the engine.
@Suite struct SpecificationTests {
  @Test(arguments: contracts)
  func aResultHasTheShapePromised(_ contract: Contract) {
    for sample in contract.samples {
      let output = sample.build(sample.leaves())
      #expect(output.shape == sample.result, "\(sample.label)")
      let value = ReferenceExecutor.evaluate([output.node])[0]
      #expect(value.shape == sample.result, "\(sample.label)")
    }
  }

  @Test(arguments: contracts)
  func aMistakeGetsItsSentence(_ contract: Contract) {
    for complaint in contract.complaints {
      do throws(ShapeError) {
        try complaint.mistake()
        Issue.record("nothing was said, instead of: \(complaint.sentence)")
      } catch {
        #expect(error.description == complaint.sentence)
      }
    }
  }

  @Test(arguments: contracts)
  func theLawsHold(_ contract: Contract) {
    for law in contract.laws {
      var numbers = Numbers(named: law.label)
      let (left, right) = law.sides(law.inputs.map { leaf($0.tensor(&numbers)) })
      #expect(left.shape == right.shape, "\(law.label)")
      let values = ReferenceExecutor.evaluate([left.node, right.node])
      for (l, r) in zip(values[0].elements, values[1].elements) {
        #expect((l - r).magnitude <= 1e-11 * (1 + l.magnitude), "\(law.label): \(l) and \(r)")
      }
    }
  }

  @Test(arguments: contracts)
  func gradientsOfThreeOrdersAreThoseOfCentralDifferences(_ contract: Contract) {
    for sample in contract.samples where sample.hasDerivatives {
      let errors = derivativeErrors(of: sample, orders: sample.count < 1000 ? 3 : 1, aliased: false)
      #expect(errors.isEmpty, "\(sample.label)")
    }
  }

  @Test(arguments: contracts)
  func gradientsAreRightWhereTwoOperandsAreOneVariable(_ contract: Contract) {
    for sample in contract.samples
    where sample.hasDerivatives && sample.canBeAliased && sample.count < 1000 {
      let errors = derivativeErrors(of: sample, orders: 2, aliased: true)
      #expect(errors.isEmpty, "\(sample.label)")
    }
  }

  @Test(arguments: contracts)
  func atAKinkTheGradientIsTheChosenOne(_ contract: Contract) {
    for kink in contract.kinks {
      let x = leaf(Tensor(kink.place))
      let slope = gradients(of: kink.function(x).node, seed: scalar(1), withRespectTo: [x.node])[0]
      let value = slope.map { ReferenceExecutor.evaluate([$0])[0].elements[0] } ?? 0
      #expect(value == Double(kink.slope))
    }
  }

  @Test func aVariableUsedTwiceGetsTheSumOfItsGradients() {
    for contract in contracts {
      for sample in contract.samples where sample.hasDerivatives && sample.count < 100 {
        let twice = Sample(sample.label, sample.inputs) {
          let (first, second) = (sample.build($0), sample.build($0))
          return first * 2 + second
        }
        #expect(derivativeErrors(of: twice, orders: 1, aliased: false).isEmpty, "\(sample.label)")
      }
    }
  }

  @Test func anExcludedClassGetsAGradientOfZero() {
    // A score of −∞ must not meet a factor of 0.
    let scores = leaf(Tensor([1, -.infinity, 2, 0.5], shape: [1, 4]))
    let label = leaf(Tensor([0]), isDifferentiable: false)
    let weights = leaf(Tensor([1, 2, 3, 4], shape: [1, 4]), isDifferentiable: false)
    let losses = [scores.crossEntropy(label), (scores.softmax(axis: 1) * weights).sum()]
    for loss in losses {
      let slope = gradients(of: loss.node, seed: scalar(1), withRespectTo: [scores.node])[0]!
      let elements = ReferenceExecutor.evaluate([slope])[0].elements
      #expect(elements.allSatisfy(\.isFinite) && elements[1] == 0)
    }
  }

  @Test func aLongChainIsEvaluatedAndDifferentiated() {
    let x = leaf(Tensor(0))
    var y = x
    for _ in 0..<100_000 { y = y + 1 }
    let slope = gradients(of: y.node, seed: scalar(2), withRespectTo: [x.node])[0]!
    let values = ReferenceExecutor.evaluate([y.node, slope])
    #expect(values.map(\.elements) == [[100_000], [2]])
  }

  @Test func theExecutorTakesOtherValuesForNodes() {
    let x = leaf(Tensor([1, 2]))
    let inner = x.exp()
    let outer = inner * 2
    let other = ReferenceTensor(shape: [2], elements: [3, 4])
    let leaves = [ObjectIdentifier(x.node): other]
    #expect(
      ReferenceExecutor.evaluate([x.node, x.node], leaves: leaves).map(\.elements) == [
        [3, 4], [3, 4],
      ])
    let inside = [ObjectIdentifier(inner.node): other]
    #expect(ReferenceExecutor.evaluate([outer.node], leaves: inside)[0].elements == [6, 8])
  }
}
