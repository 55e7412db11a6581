import ArgumentParser
import Foundation
import Neuronika
import NeuronikaBenchmarking

struct TimeToAccuracyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tta", abstract: "Measure how long training takes to reach an accuracy.",
    discussion: """
      Trains on the built-in digits with Adam until the accuracy on the test images, looked at four \
      times an epoch, reaches the target for the first time. Looking isn't timed.
      """)

  /// What is trained.
  enum Model: String, CaseIterable, ExpressibleByArgument {
    case mlp, lenet5, cnn

    /// The training step with the same layers.
    var step: String {
      switch self {
      case .mlp: "mlp-128"
      case .lenet5: "lenet5-64"
      case .cnn: "cnn-64"
      }
    }
  }

  @Option(help: "mlp, lenet5 or cnn.")
  var model = Model.mlp
  @Option(help: "The accuracy to reach, above 0 and up to 1.")
  var target = 0.97
  @Option(help: "How many seeds, each with weights and an order of its own.")
  var seeds = 5
  @Option(help: "Give up after so many epochs.")
  var epochs = 20
  @Option(help: "Adam's.")
  var learningRate = 0.001
  @Option(help: "Threads to compute with. (default: the engine's choice)")
  var threads: Int?
  @Option(help: "Folder for the results. (default: results/bench/<utc>-<revision>)")
  var out: String?

  func validate() throws {
    guard target > 0, target <= 1 else { throw ValidationError("--target is above 0 and up to 1.") }
    if seeds < 1 { throw ValidationError("--seeds must be at least 1.") }
    if epochs < 1 { throw ValidationError("--epochs must be at least 1.") }
    guard learningRate > 0 else { throw ValidationError("--learning-rate must be above 0.") }
  }

  func run() throws {
    try MainActor.assumeIsolated {
      let options = try BenchOptions.parse(
        (threads.map { ["--threads", "\($0)"] } ?? []) + (out.map { ["--out", $0] } ?? []))
      let surroundings = begin(options)
      let results = try Results(options.out, surroundings)
      defer { results.discard() }
      try measure(results)
      try results.settle()
    }
  }

  @MainActor private func measure(_ results: Results) throws {
    let task = trainingSteps.first { $0.id == model.step }!
    progress("the digits")
    let data = try ImageData.builtInDigits()
    let file = try results.table(
      "tta.csv", ["model", "seed", "step", "seconds", "accuracy", "target"])
    var table = TextTable(columns: ["seed", "steps", "time", "accuracy"])
    var crossings: [Double] = []
    for seed in 1...seeds {
      let run = AccuracyRun(task, data, seed: UInt64(seed), learningRate: learningRate)
      while run.accuracy < target, run.epochs < Double(epochs) {
        run.trainQuarter()
        progress(
          "seed \(seed) of \(seeds): epoch \(digits(run.epochs)), \(percent(run.accuracy))")
        try file.append([
          [
            model.rawValue, "\(seed)", "\(run.steps)", "\(run.seconds)", "\(run.accuracy)",
            "\(target)",
          ]
        ])
      }
      let isThere = run.accuracy >= target
      if isThere { crossings.append(run.seconds) }
      table.rows.append([
        "\(seed)", "\(run.steps)", isThere ? time(run.seconds * 1e9) : "not reached",
        percent(run.accuracy),
      ])
    }
    progress(nil)
    print("\(task.summary), Adam, to \(percent(target)) of the test images\n")
    table.print()
    guard !crossings.isEmpty else { return print("\nno seed reached it in \(epochs) epochs") }
    print(
      "\nmedian \(time(median(crossings) * 1e9)), from \(time(crossings.min()! * 1e9)) to "
        + "\(time(crossings.max()! * 1e9)), \(crossings.count) of \(seeds) seeds")
    try results.write("report.md", "# bench tta\n\n" + table.markdown + "\n")
  }
}

/// A training run that is looked at now and then.
private final class AccuracyRun {
  private let network: Network
  private let optimizer: Adam
  private let data: ImageData
  private let batch: Int
  private let record: Shape
  private let seed: UInt64
  private var batches: [(Tensor, Tensor)] = []
  private(set) var steps = 0
  private(set) var epochs = 0.0
  private(set) var seconds = 0.0
  private(set) var accuracy = 0.0

  init(_ task: TrainingTask, _ data: ImageData, seed: UInt64, learningRate: Double) {
    (self.data, self.seed) = (data, seed)
    batch = task.batch
    record = Shape(task.input)
    network = Network(task)
    var random = SplitMix(seed: seed)
    for parameter in network.parameters where parameter.rank > 1 {
      let bound = (6 / Float(parameter.shape.extents.dropFirst().reduce(1, *))).squareRoot()
      let weights = (0..<parameter.shape.count).map { _ in random.uniform(-bound, bound) }
      parameter.data = Tensor(weights, shape: parameter.shape)
    }
    optimizer = Adam(network.parameters, learningRate: learningRate)
  }

  /// Trains on a quarter of the images and looks at the accuracy.
  func trainQuarter() {
    if batches.isEmpty {
      let epoch = UInt64(epochs.rounded(.down))
      let order = data.train.reshaped(to: record).shuffled(seed: seed &* 1000 &+ epoch)
      batches = order.batches(of: batch, dropLast: true).map { ($0.0, $0.1) }
    }
    let share = max(1, data.train.count / batch / 4)
    let now = batches.prefix(share)
    let start = ContinuousClock.now
    for (x, y) in now {
      let loss = network(VarDiff(Var(x))).scores.crossEntropy(Var(y))
      loss.backward()
      optimizer.step()
      optimizer.zeroGrad()
    }
    seconds += (ContinuousClock.now - start).nanoseconds / 1e9
    steps += now.count
    batches.removeFirst(now.count)
    epochs += Double(now.count * batch) / Double(data.train.count)
    if batches.count < share { batches = [] }
    look()
  }

  private func look() {
    var right = 0.0
    for (x, y) in data.test.reshaped(to: record).batches(of: 500) {
      let scores = network(VarDiff(Var(x))).scores
      right += Neuronika.accuracy(scores.data, y) * Double(y.count)
    }
    accuracy = right / Double(data.test.count)
  }
}
