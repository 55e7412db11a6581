import Neuronika
import Testing

@Suite struct ResumeTests {
  /// All that a training remembers.
  private final class Training {
    let model = Linear(6, 3, using: RandomSource(seed: 1))
    let source = RandomSource(seed: .max)
    let optimizer: ParameterGroups
    let warmUp: LinearWarmUpLR
    let plateau: ReduceOnPlateauLR
    var losses: [Float] = []

    init() {
      let learnables = model.namedParameters
      optimizer = ParameterGroups([
        "weights": AdamW(
          learnables.filter { $0.name == "weight" }.map(\.parameter), learningRate: 0.1),
        "biases": RMSProp(
          learnables.filter { $0.name == "bias" }.map(\.parameter), momentum: 0.9, centered: true),
      ])
      warmUp = LinearWarmUpLR(optimizer, over: 4)
      plateau = ReduceOnPlateauLR(optimizer, patience: 1)
    }

    func run(steps: Int) {
      for _ in 0..<steps {
        let x = Var(Tensor.randn([8, 6], using: source))
        let loss = mseLoss(model(x), Var.zeros(8, 3))
        loss.backward()
        clipGradients(model.parameters, toNorm: 0.5)
        optimizer.step()
        optimizer.zeroGrad()
        losses.append(loss.item)
        warmUp.step()
        plateau.step(Double(loss.item))
      }
    }

    var checkpoint: Checkpoint {
      Checkpoint(
        [
          "model": model.state, "optimizer": optimizer.state, "warmUp": warmUp.state,
          "plateau": plateau.state, "generator": source.generator.state,
        ], step: losses.count)
    }

    func load(_ checkpoint: Checkpoint) throws {
      try model.load(checkpoint["model"])
      try optimizer.load(checkpoint["optimizer"])
      try warmUp.load(checkpoint["warmUp"])
      try plateau.load(checkpoint["plateau"])
      source.generator = try Generator(state: checkpoint["generator"])
    }
  }

  @Test func aTrainingThatWasInterruptedComputesTheSameBits() throws {
    let whole = Training()
    whole.run(steps: 12)
    for cut in [0, 1, 5, 11] {
      let former = Training()
      former.run(steps: cut)
      let saved = try Checkpoint(bytes: former.checkpoint.bytes())
      #expect(saved.step == cut)
      let later = Training()
      later.run(steps: 2)  // whatever it did before is forgotten
      try later.load(saved)
      later.losses = []
      later.run(steps: 12 - cut)
      #expect(later.losses == Array(whole.losses[cut...]))
      #expect(later.model.state == whole.model.state)
      #expect(later.optimizer.state == whole.optimizer.state)
    }
  }
}
