import NeuronikaGraphs
import NeuronikaTensors

// Convolutions, poolings and resamplings, and the order of elements between them.
//
// They compute images `[N, C, …]` with channels last in memory. That order is no property of values:
// a value of shape `[N, …, C]` is read through a view that permutes its axes. Elementwise operations
// compute in the order of their operands, so between convolutions nothing is put in another order.
// Whether a node's value lies so is known from the graph alone, not from what is held or stored.
extension Lowerer {
  /// The axes `[N, C, …]` in the order `[N, …, C]`.
  static func channelsLast(_ rank: Int) -> [Int] { [0] + Array(2..<rank) + [1] }

  /// The axes `[N, …, C]` in the order `[N, C, …]`.
  static func channelsFirst(_ rank: Int) -> [Int] { [0, rank - 1] + Array(1..<rank - 1) }

  /// Whether the value of a node is computed with channels last.
  func isChannelsLast(_ lowering: Lowering, _ operands: [Node], _ shape: Shape) -> Bool {
    if shape.rank < 3 { return false }
    return switch lowering {
    case .convolution(_, let role): role != .kernelGradient
    case .maxPool, .resampling: true
    case .elementwise, .composition:
      operands.contains { $0.shape == shape && isChannelsLast($0) }
    case .assembly, .view(.slice): operands.allSatisfy { isChannelsLast($0) }
    default: false
    }
  }

  /// A value computed in the order `[N, …, C]`, seen as `[N, C, …]`.
  func channelsFirst(_ reference: Reference) -> Reference {
    reference.permuted(Lowerer.channelsFirst(reference.view.extents.count))
  }

  /// An operand `[N, C, …]` seen as `[N, …, C]`.
  func channelsLast(_ reference: Reference) -> Reference {
    reference.permuted(Lowerer.channelsLast(reference.view.extents.count))
  }

  mutating func convolution(
    _ geometry: ConvolutionGeometry, _ role: ConvolutionRole, _ inputs: [Reference],
    _ operands: [Shape], to shape: Shape
  ) -> Reference {
    let (input, kernel, output) =
      switch role {
      case .output: (operands[0], operands[1], shape)
      case .inputGradient: (shape, operands[1], operands[0])
      case .kernelGradient: (operands[0], shape, operands[1])
      }
    let first = ir.contiguous(channelsLast(inputs[0]))
    let second = ir.contiguous(role == .kernelGradient ? channelsLast(inputs[1]) : inputs[1])
    let convolved = ImageProduct(
      geometry: geometry, role: role, input: input, kernel: kernel, output: output, first: first,
      second: second)
    if role == .kernelGradient { return ir.add(.convolution(convolved), shape) }
    return channelsFirst(
      ir.add(.convolution(convolved), shape.permuted(Lowerer.channelsLast(shape.rank))))
  }

  mutating func windows(
    _ work: WindowPass.Work, _ axes: [AxisWindows], _ inputs: [Reference], _ operands: [Shape],
    to shape: Shape
  ) -> Reference {
    let order = Lowerer.channelsLast(shape.rank)
    // The tables lead from the pooled positions to those before.
    let output = if case .maxPool(.route) = work { operands[1] } else { shape }
    let pass = WindowPass(
      work: work, axes: axes, input: operands[0].permuted(order), output: output.permuted(order),
      operands: inputs.map { ir.contiguous(channelsLast($0)) })
    return channelsFirst(ir.add(.windows(pass), shape.permuted(order)))
  }

  /// Fewer numbers with the same sum over the space of each image: those that a max pooling routed to
  /// the greatest elements, before that. Where only elements greater than 0 got theirs, as by the
  /// gradient of a relu before the pooling, these are the windows whose greatest is.
  ///
  /// - Returns: nil if it is something else.
  mutating func sharesOfWindows(_ images: Reference) -> Reference? {
    guard channelsLast(images).isWhole(in: ir) else { return nil }
    var routed = images.value
    var mask: Reference?
    if case .select(let condition, let share, let rest) = ir.values[images.value].kind,
      ir.constantValue(rest) == 0, share.isWhole(in: ir), condition.isWhole(in: ir),
      case .binary(.less, let zero, let x) = ir.values[condition.value].kind,
      ir.constantValue(zero) == 0, x.view.isContiguous
    {
      (routed, mask) = (share.value, x)
    }
    guard case .windows(let pass) = ir.values[routed].kind, pass.work == .maxPool(.route),
      mask.map({ $0.isSame(as: pass.operands[0]) }) ?? true,
      pass.output.count < pass.input.count,
      pass.axes.allSatisfy({ zip($0.starts, $0.starts.dropFirst()).allSatisfy(<) })
    else { return nil }
    if mask == nil { return channelsFirst(pass.operands[1]) }
    let greatest = WindowPass(
      work: .maxPool(.greatest), axes: pass.axes, input: pass.input, output: pass.output,
      operands: [pass.operands[0]])
    let isPositive = ir.add(
      .binary(.less, ir.constant(0), ir.add(.windows(greatest), pass.output)), pass.output)
    return channelsFirst(
      ir.add(.select(isPositive, pass.operands[1], ir.constant(0)), pass.output))
  }
}

/// A convolution or one of its gradients, with what was folded into it. Shapes are `[N, C, …]`.
struct ImageProduct: Hashable {
  var geometry: ConvolutionGeometry
  var role: ConvolutionRole
  var input: Shape
  var kernel: Shape
  var output: Shape
  var first: Reference
  var second: Reference
  var bias: Reference?
  var hasRelu = false

  /// The multiplications.
  var size: Int { output.count * kernel.count / max(kernel[0], 1) }
}

/// A pooling or a resampling. Shapes are `[N, …, C]`.
struct WindowPass: Hashable {
  enum Work: Hashable {
    case maxPool(MaxPoolRole)
    case resampling
  }

  var work: Work
  var axes: [AxisWindows]
  var input: Shape
  var output: Shape
  var operands: [Reference]
  /// Whether what is routed to an element that isn't greater than 0 is left out.
  var isRectified = false
}

extension Reference {
  /// Whether all of a value is read, in the order in which it lies.
  func isWhole(in ir: IR) -> Bool {
    view.isContiguous && view.offset == 0 && view.count == ir.values[value].shape.count
  }

  /// Whether two contiguous views show the same. Strides of axes of one element may differ.
  func isSame(as other: Reference) -> Bool {
    value == other.value && view.offset == other.view.offset && view.extents == other.view.extents
  }

  func permuted(_ axes: [Int]) -> Reference {
    Reference(value: value, view: view.permuted(axes))
  }
}

extension Shape {
  func permuted(_ axes: [Int]) -> Shape { Shape(axes.map { self[$0] }) }
}
