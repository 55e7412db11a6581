import Neuronika
import Testing

private struct Classifier: Layer {
  let features = Sequential {
    Conv2d(1, 2, kernelSize: 3, using: RandomSource(seed: 1))
    BatchNorm(2)
    Relu()
    Flatten()
  }
  let heads = [Linear(8, 1000, bias: false)]
  var children: Children { ["features": features, "heads": heads] }
  func callAsFunction(_ input: some Variable) -> VarDiff { heads[0](features(input)) }
}

private struct Scale: Module {
  let factor = Var.ones(3).requiresGrad()
  var children: Children { ["factor": factor] }
}

private struct Tied: Module {
  let encoder = Linear(3, 3, bias: false)
  var decoder = Linear(3, 3, bias: false)
  init() { decoder.weight = encoder.weight }
  var children: Children { ["encoder": encoder, "decoder": decoder] }
}

@Suite struct PrintedModelTests {
  @Test func aModelIsATree() {
    #expect(
      "\(Classifier())"
        == """
        Classifier: 8,024 parameters, 32.1 KB
        ├─ features  Sequential                                                    24    112 B
        │  ├─ 0      Conv2d(1 → 2, 3×3)         weight [2, 1, 3, 3] · bias [2]     20     80 B
        │  ├─ 1      BatchNorm(2)               weight [2] · bias [2]               4     32 B
        │  ├─ 2      Relu
        │  └─ 3      Flatten
        └─ heads.0   Linear(8 → 1000, no bias)  weight [1000, 8]                8,000  32.0 KB
        """)
  }

  @Test func aModuleWithoutPartsIsALine() {
    #expect("\(Scale())" == "Scale(factor [3])")
    #expect("\(Sequential { LearnedScale() })".hasPrefix("Sequential: 3 parameters, 12 B"))
    #expect("\(Sequential {})" == "Sequential")
  }

  @Test func sharedNumbersCountOnce() {
    #expect("\(Tied())".hasPrefix("Tied: 9 parameters, 36 B\n"))
  }

  @Test func aSummaryFollowsAnInput() {
    let model = Classifier()
    let summary = model.summary(input: [5, 1, 4, 4])
    #expect(summary.output == [5, 1000] && summary.parameters == 8024)
    // 5 · 2 · 2 · 2 outputs of 9 products each, and 5 · 8 · 1000 products.
    #expect(summary.flops == 2 * (40 * 9 + 40_000))
    #expect(
      summary.rows.map(\.path) == [
        "", "features", "features.0", "features.1", "features.2", "features.3", "heads.0",
      ])
    #expect(
      summary.rows.map(\.output) == [
        [5, 1000], [5, 2, 2, 2], [5, 2, 2, 2], [5, 2, 2, 2], nil, nil, [5, 1000],
      ])
    #expect(summary.rows.map(\.flops) == [80_720, 720, 720, 0, nil, nil, 80_000])
    #expect(model.features.mode(of: 1).isTraining)
  }

  @Test func aSummaryOfASequenceKnowsEveryPart() {
    let model = Sequential {
      Sequential {
        Conv2d(1, 6, kernelSize: 5)
        Relu()
        MaxPool(kernelSize: 2)
      }
      Flatten()
      Linear(864, 10)
    }
    let summary = model.summary(input: [32, 1, 28, 28])
    #expect(
      "\(summary)" == """
        Sequential: [32, 1, 28, 28] → [32, 10]

        part     kind                output           parameters    bytes   FLOPs
        ├─ 0     Sequential          [32, 6, 12, 12]         156    624 B  5.53 M
        │  ├─ 0  Conv2d(1 → 6, 5×5)  [32, 6, 24, 24]         156    624 B  5.53 M
        │  ├─ 1  Relu                [32, 6, 24, 24]
        │  └─ 2  MaxPool(2)          [32, 6, 12, 12]
        ├─ 1     Flatten             [32, 864]
        └─ 2     Linear(864 → 10)    [32, 10]              8,650  34.6 KB   553 K

        8,806 parameters, 35.2 KB · 6.08 M FLOPs forwards
        """)
  }

  @Test func aPartIsNotChargedWithWhatItsInputTook() {
    let model = Sequential {
      Conv2d(1, 2, kernelSize: 3, bias: false)
      MaxPool(kernelSize: 2)
      Linear(2, 3, bias: false)
      Relu()
    }
    let summary = model.summary(input: [1, 1, 6, 6])
    #expect(summary.rows.map(\.flops) == [624, 576, 0, 48, 0])
  }

  @Test func aSummaryTakesNoNumbersFromTheSource() {
    let model = Sequential { Dropout(0.5) }
    let drawn = withSeed(3) {
      _ = model.summary(input: [1, 3])
      return Tensor.rand([4])
    }
    #expect(drawn == withSeed(3) { Tensor.rand([4]) })
  }

  @Test func transposedConvolutionsAndOddShapesAreCounted() {
    let summary = ConvTranspose2d(4, 2, kernelSize: 3, stride: 2).summary(input: [1, 4, 5, 5])
    #expect(summary.flops == 2 * 100 * 18 && summary.output == [1, 2, 11, 11])
    #expect(Linear(3, 2).summary(input: [7, 5, 3]).flops == 2 * 35 * 6)
  }
}

private struct LearnedScale: Layer {
  let factor = Var.ones(3).requiresGrad()
  var children: Children { ["factor": factor] }
  func callAsFunction(_ input: some Variable) -> VarDiff { VarDiff(input.node) * factor }
}

extension Sequential {
  fileprivate func mode(of position: Int) -> TrainingMode { (self[position] as! BatchNorm).mode }
}
