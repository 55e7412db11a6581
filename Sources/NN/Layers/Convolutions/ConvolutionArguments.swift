import NeuronikaGraphs
import NeuronikaTensors

/// What the constructors of all convolutions are given: checked, and in words.
struct ConvolutionArguments {
  /// The kernel's extents.
  let kernel: [Int]
  let axes: Int
  private let layer: String

  /// Stops the program if something doesn't fit.
  init(
    _ layer: String, axes: Int, _ inputs: Int, _ outputs: Int, kernelSize: PerAxis,
    stride: PerAxis, padding: PerAxis, dilation: PerAxis, groups: Int
  ) {
    (self.layer, self.axes) = (layer, axes)
    do throws(ShapeError) {
      guard inputs > 0, outputs > 0, groups > 0 else {
        throw ShapeError(
          "inputs, outputs and groups are at least 1, but \(inputs), \(outputs) and \(groups)")
      }
      guard inputs % groups == 0, outputs % groups == 0 else {
        throw ShapeError(
          "\(inputs) inputs and \(outputs) outputs can't both be parted into \(groups) groups")
      }
      kernel = try kernelSize.resolved(axes: axes, "kernelSize")
      _ = try stride.resolved(axes: axes, "stride")
      _ = try padding.resolved(axes: axes, "padding", atLeast: 0)
      _ = try dilation.resolved(axes: axes, "dilation")
    } catch { stopProgram("\(layer): \(error.description)") }
  }

  /// The layer in a word, like `Conv2d(3 → 16, 3×3, stride 2)`.
  static func description(
    _ layer: String, _ inputs: Int, _ outputs: Int, kernel: Shape, stride: PerAxis,
    padding: PerAxis, paddingMode: PaddingMode = .zero, outputPadding: PerAxis = 0,
    dilation: PerAxis, groups: Int, hasBias: Bool
  ) -> String {
    let extents = kernel.extents.dropFirst(2)
    var parts = ["\(inputs) → \(outputs)", extents.map { "\($0)" }.joined(separator: "×")]
    func add(_ name: String, _ numbers: PerAxis, unless usual: Int) {
      // Checked when the layer was made.
      guard let numbers = try? numbers.resolved(axes: extents.count, name, atLeast: 0),
        numbers.contains(where: { $0 != usual })
      else { return }
      let isOne = Set(numbers).count == 1
      parts.append(
        name + " " + (isOne ? "\(numbers[0])" : numbers.map { "\($0)" }.joined(separator: "×")))
    }
    add("stride", stride, unless: 1)
    add("padding", padding, unless: 0)
    if paddingMode != .zero { parts[parts.count - 1] += " \(paddingMode)" }
    add("output padding", outputPadding, unless: 0)
    add("dilation", dilation, unless: 1)
    if groups > 1 { parts.append("\(groups) groups") }
    if !hasBias { parts.append("no bias") }
    return "\(layer)(\(parts.joined(separator: ", ")))"
  }
}

/// A bias of each channel, added everywhere in space.
func addingChannels(_ bias: VarDiff?, to value: VarDiff) -> VarDiff {
  guard let bias else { return value }
  let ones = [Int](repeating: 1, count: value.rank - 2)
  return value + bias.reshape(Shape([bias.shape[0]] + ones))
}
