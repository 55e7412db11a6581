/// What a training run measured, step by step, to be drawn by
/// ``Figure/trainingCurves(_:title:lossLabel:)``.
public struct TrainingHistory: Sendable {
  /// A measurement on data the model doesn't learn from.
  package struct Validation: Sendable {
    package let step: Int
    package let loss: Double
    package let accuracy: Double
  }

  package let stepsPerEpoch: Int
  package private(set) var losses: [Double] = []
  package private(set) var accuracies: [Double] = []
  package private(set) var validations: [Validation] = []

  /// - Parameter stepsPerEpoch: how many steps see all the data once.
  public init(stepsPerEpoch: Int) {
    guard stepsPerEpoch > 0 else {
      fatalError("TrainingHistory: an epoch has 1 step or more, not \(stepsPerEpoch)")
    }
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// Adds the next step.
  ///
  /// - Parameters:
  ///   - loss: the loss of its batch.
  ///   - accuracy: the share of its batch that was right, from 0 to 1, if it was measured.
  public mutating func step<Value: BinaryFloatingPoint>(loss: Value, accuracy: Value? = nil) {
    losses.append(drawable([loss])[0])
    accuracies.append(accuracy.map { drawable([$0])[0] } ?? .nan)
  }

  /// Adds a measurement on the validation data after the steps there are so far.
  ///
  /// - Parameters:
  ///   - loss: the mean loss.
  ///   - accuracy: the share that was right, from 0 to 1, if it was measured.
  public mutating func validation<Value: BinaryFloatingPoint>(
    loss: Value, accuracy: Value? = nil
  ) {
    validations.append(
      Validation(
        step: losses.count, loss: drawable([loss])[0],
        accuracy: accuracy.map { drawable([$0])[0] } ?? .nan))
  }

  /// How many steps the moving average looks back: an epoch, but at most 50 steps and at most a
  /// tenth of the run.
  package var window: Int {
    max(1, min(stepsPerEpoch, 50, losses.count / 10))
  }

  /// A number of steps in epochs: `7`, or `0.5`.
  package func epoch(ofStep step: Int) -> String {
    shortNumber(Double(step) / Double(stepsPerEpoch))
  }
}

/// The exponential moving average over about `window` values, freed from the pull of its start.
///
/// mₜ = β·mₜ₋₁ + (1 − β)·xₜ with m₀ = 0 and β = 1 − 1/window starts near 0 whatever the values;
/// mₜ / (1 − βᵗ) has weights that add up to 1 from the first value on. Values that are not finite
/// are passed over: they give NaN and leave the average as it was.
///
/// **Source:** D. Kingma, J. Ba, "Adam", arXiv:1412.6980, section 3.
package func movingAverage(_ values: [Double], window: Int) -> [Double] {
  let decay = 1 - 1 / Double(max(1, window))
  var average = 0.0
  var weight = 0.0
  return values.map { value in
    guard value.isFinite else { return .nan }
    average = decay * average + (1 - decay) * value
    weight = decay * weight + (1 - decay)
    return average / weight
  }
}

/// The points of a long curve that are seen: of each stretch the least and the greatest value, in
/// their order, and the ends. All points of a short one.
///
/// A panel is some 1,000 pixels wide: the line that joins the extremes of a stretch of four covers
/// what lies between them, and the picture takes half of the bytes.
package func visible(_ values: [Double], stretches: Int = 250) -> [Int] {
  guard values.count > 2 * stretches else { return Array(values.indices) }
  var kept: Set<Int> = [0, values.count - 1]
  for stretch in 0..<stretches {
    let range = (stretch * values.count / stretches)..<((stretch + 1) * values.count / stretches)
    let finite = range.filter { values[$0].isFinite }
    guard let least = finite.min(by: { values[$0] < values[$1] }),
      let greatest = finite.max(by: { values[$0] < values[$1] })
    else {
      kept.insert(range.lowerBound)
      continue
    }
    kept.formUnion([least, greatest])
  }
  return kept.sorted()
}

extension Figure {
  /// The curves of a training run: the loss on a log axis and, if it was measured, the accuracy
  /// below it.
  ///
  /// The steps' raw values are thin and dotted, their moving average is thick, validation has
  /// points. A run of less than 20 steps, or with one step an epoch, has no average. Of more than
  /// 500 steps the extremes of each of 250 stretches are drawn, which looks the same. The legend names the best value and its
  /// epoch: of validation, or without validation that of the average.
  ///
  /// - Parameters:
  ///   - history: what was measured.
  ///   - title: drawn above.
  ///   - lossLabel: what the loss is, with its unit.
  public static func trainingCurves(
    _ history: TrainingHistory, title: String = "Training", lossLabel: String = "loss [nats]"
  ) -> Figure {
    var figure = Figure(title: title)
    let last = Double(max(2, history.losses.count))
    let unit = history.stepsPerEpoch == 1 ? "1 step" : "\(history.stepsPerEpoch) steps"
    let xLabel = "step [1 epoch = \(unit)]"
    let percentages = history.accuracies.map { $0 * 100 }
    let validated = history.validations.map { $0.accuracy * 100 }
    let hasAccuracy = (percentages + validated).contains(where: \.isFinite)

    figure.panel(
      xLabel: hasAccuracy ? "" : xLabel, yLabel: lossLabel, yScale: .log,
      xLimits: 0...last * 1.01, share: 1.2
    ) { panel in
      panel.addCurves(
        history, of: history.losses, validated: history.validations.map(\.loss),
        isBetter: <, unit: "")
    }
    guard hasAccuracy else { return figure }
    figure.panel(xLabel: xLabel, yLabel: "accuracy [%]", xLimits: 0...last * 1.01) { panel in
      panel.addCurves(history, of: percentages, validated: validated, isBetter: >, unit: " %")
    }
    return figure
  }
}

extension Panel {
  fileprivate mutating func addCurves(
    _ history: TrainingHistory, of values: [Double], validated: [Double],
    isBetter: (Double, Double) -> Bool, unit: String
  ) {
    func best(_ values: [Double], steps: [Int]) -> String {
      let finite = values.indices.filter { values[$0].isFinite }
      guard let index = finite.min(by: { isBetter(values[$0], values[$1]) }) else { return "" }
      let epoch = history.epoch(ofStep: steps[index])
      return ", best \(shortNumber(values[index]))\(unit) at epoch \(epoch)"
    }
    let steps = values.indices.map { $0 + 1 }
    if values.contains(where: \.isFinite) {
      let smooth = movingAverage(values, window: history.window)
      let note = validated.isEmpty ? best(smooth, steps: steps) : ""
      if history.window > 1 {
        curve(steps, values, label: "training, each step", style: .thin)
        let label = "mean of about \(history.window) steps"
        curve(steps, smooth, label: label + note, style: .thick)
      } else {
        curve(steps, values, label: "training, each step" + note, style: .thick)
      }
    }
    if !validated.isEmpty {
      let at = history.validations.map(\.step)
      line(
        at.map(Double.init), validated, label: "validation" + best(validated, steps: at),
        style: .marked, color: .vermilion)
    }
  }
  private mutating func curve(
    _ steps: [Int], _ values: [Double], label: String, style: LineStyle
  ) {
    let seen = visible(values)
    line(
      seen.map { Double(steps[$0]) }, seen.map { values[$0] }, label: label, style: style,
      color: .blue)
  }
}
