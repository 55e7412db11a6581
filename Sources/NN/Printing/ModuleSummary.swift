import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// What a module makes of an input, part by part: shapes, counts, and floating-point operations.
///
/// Printed, it is a table:
///
/// ```text
/// Sequential: [32, 1, 28, 28] → [32, 10]
///
/// part  kind                output           parameters    bytes   FLOPs
/// ├─ 0  Conv2d(1 → 6, 5×5)  [32, 6, 24, 24]         156    624 B  5.53 M
/// ├─ 1  MaxPool(2)          [32, 6, 12, 12]
/// ├─ 2  Flatten             [32, 864]
/// └─ 3  Linear(864 → 10)    [32, 10]              8,650  34.6 KB   553 K
///
/// 8,806 parameters, 35.2 KB · 6.08 M FLOPs forwards
/// ```
public struct ModuleSummary: Sendable, CustomStringConvertible {
  /// A part of the module.
  public struct Row: Sendable {
    /// The dotted path; empty for the module itself.
    public let path: String
    /// What the part is, in a word.
    public let kind: String
    /// The shape that it gives; `nil` if the graph doesn't tell: for a part that learns nothing and
    /// isn't in a ``Sequential``.
    public let output: Shape?
    /// How many numbers it learns, with those of its parts.
    public let parameters: Int
    /// What these and its buffers take.
    public let bytes: Int
    /// The multiplications and additions of its products and convolutions; `nil` where `output` is.
    public let flops: Int?

    fileprivate let branch: String
  }

  /// The module, and all of its parts in the order of declaration.
  public let rows: [Row]
  /// The shape of the input.
  public let input: Shape

  /// The shape of the output.
  public var output: Shape { rows[0].output! }
  /// How many numbers there are to learn.
  public var parameters: Int { rows[0].parameters }
  /// What they and the buffers take.
  public var bytes: Int { rows[0].bytes }
  /// The multiplications and additions of all products and convolutions forwards, whosever they are.
  public var flops: Int { rows[0].flops! }

  fileprivate init(_ rows: [Row], input: Shape) { (self.rows, self.input) = (rows, input) }

  /// The table.
  public var description: String {
    var table = TextTable(alignments: [.left, .left, .left, .right, .right, .right])
    table.add(["part", "kind", "output", "parameters", "bytes", "FLOPs"])
    for row in rows.dropFirst() {
      table.add([
        row.branch, row.kind, row.output.map { "\($0)" } ?? "–",
        row.bytes == 0 ? "" : grouped(row.parameters), row.bytes == 0 ? "" : byteCount(row.bytes),
        row.flops.map { $0 == 0 ? "" : operationCount($0) } ?? "",
      ])
    }
    let parts = rows.count == 1 ? [] : table.lines() + [""]
    return
      (["\(rows[0].kind): \(input) → \(output)", ""] + parts + [
        "\(parametersInWords(parameters)), \(byteCount(bytes)) · "
          + "\(operationCount(flops)) FLOPs forwards"
      ]).joined(separator: "\n")
  }
}

extension Layer {
  /// What the layer makes of an input of some shape, part by part. See ``ModuleSummary``.
  ///
  /// Builds the graph as in use, and computes nothing. FLOPs are counted from the graph: two for each
  /// multiplication in a product or convolution, which is nearly all; elementwise operations,
  /// reductions and pooling count nothing. A part's are those of the operations on its learnables. So
  /// all parts of a ``Sequential`` have a shape; elsewhere those that learn something.
  ///
  /// ```swift
  /// let network = Sequential {
  ///   Linear(784, 128)
  ///   Relu()
  ///   Linear(128, 10)
  /// }
  /// print(network.summary(input: [32, 784]).flops)  // 6504448
  /// ```
  ///
  /// - Parameter shape: That of the input, with the batch.
  public func summary(input shape: Shape) -> ModuleSummary {
    let modes = ModuleWalk(self).modes
    let wereTraining = modes.map(\.isTraining)
    for mode in modes { mode.isTraining = false }
    defer { for (mode, was) in zip(modes, wereTraining) { mode.isTraining = was } }
    // What is drawn for the graph doesn't count.
    return withSeed(0) {
      var trace = SummaryTrace(ModuleTree(self))
      _ = trace.run(self, "", VarDiff(Var.zeros(shape)))
      return trace.summary(input: shape)
    }
  }
}

/// Finds what each part of a module gives.
private struct SummaryTrace {
  private let tree: ModuleTree
  private var results: [String: (output: Shape, flops: Int)] = [:]

  init(_ tree: ModuleTree) { self.tree = tree }

  /// Applies a layer and notes its result and that of its parts.
  mutating func run(_ layer: any Layer, _ path: String, _ input: VarDiff) -> VarDiff {
    func join(_ name: String) -> String { path.isEmpty ? name : path + "." + name }
    let output: VarDiff
    if let sequence = layer as? Sequential {
      output = sequence.layers.enumerated().reduce(input) { value, part in
        run(part.element, join("\(part.offset)"), value)
      }
    } else {
      output = layer(input)
      let tree = ModuleTree(layer)
      if !tree.children.isEmpty { attribute(tree, path, output.node, input.node) }
    }
    // The input ends the order, and is what an earlier part has computed.
    let order = topologicalOrder(of: [output.node]) { $0 === input.node }
    let flops = order.reduce(0) { $0 + ($1 === input.node ? 0 : $1.flops) }
    results[path] = (output.shape, flops)
    return output
  }

  /// Notes the results of parts whose calls can't be watched: the last operation on a part's
  /// learnables gives its output.
  private mutating func attribute(
    _ tree: ModuleTree, _ path: String, _ output: Node, _ input: Node
  ) {
    let order = topologicalOrder(of: [output]) { $0 === input }
    func visit(_ tree: ModuleTree, _ path: String) {
      for child in tree.children {
        let path = path.isEmpty ? child.name : path + "." + child.name
        var own = Set(child.leaves.map { ObjectIdentifier($0) })
        var last: Node?
        var flops = 0
        for node in order where node.operands.array.contains(where: { own.contains(.init($0)) }) {
          if node.isRearranged {
            own.insert(ObjectIdentifier(node))
          } else {
            last = node
            flops += node.flops
          }
        }
        if let last { results[path] = (last.shape, flops) }
        visit(child, path)
      }
    }
    visit(tree, path)
  }

  func summary(input: Shape) -> ModuleSummary {
    var rows: [ModuleSummary.Row] = []
    var paths: [String] = []
    tree.forEach { tree, branch in
      // A branch is three characters for each level.
      let depth = branch.count / 3
      paths.removeSubrange(max(depth - 1, 0)...)
      if depth > 0 { paths.append(tree.name) }
      let path = paths.joined(separator: ".")
      let result = results[path]
      rows.append(
        ModuleSummary.Row(
          path: path, kind: tree.label, output: result?.output, parameters: tree.parameters,
          bytes: tree.bytes, flops: result?.flops, branch: branch + tree.name))
    }
    return ModuleSummary(rows, input: input)
  }
}

extension ModuleTree {
  /// The leaves here and below.
  fileprivate var leaves: [Node] {
    learnables.map(\.variable.node) + buffers.map(\.variable.node) + children.flatMap(\.leaves)
  }
}

extension Node {
  /// Whether this is another view of its only operand.
  fileprivate var isRearranged: Bool {
    if isLeaf || operands.count != 1 { return false }
    return if case .view = operation.lowering(of: [operands[0].shape], to: shape) { true } else {
      false
    }
  }

  /// The multiplications and additions of a product or convolution; 0 of anything else.
  fileprivate var flops: Int {
    if isLeaf { return 0 }
    let operands = operands.array
    switch operation.lowering(of: operands.map(\.shape), to: shape) {
    case .contraction(let product):
      return 2 * product.size
    case .convolution(_, let role):
      let shapes = operands.map(\.shape)
      let (output, kernel) =
        switch role {
        case .output: (shape, shapes[1])
        case .inputGradient: (shapes[0], shapes[1])
        case .kernelGradient: (shapes[1], shape)
        }
      return kernel[0] == 0 ? 0 : 2 * output.count * (kernel.count / kernel[0])
    case .composition(let compose):
      let boundary = Set(operands.map { ObjectIdentifier($0) })
      let result = compose(operands.map { VarDiff($0) }).node
      if boundary.contains(ObjectIdentifier(result)) { return 0 }
      return topologicalOrder(of: [result]) { boundary.contains(ObjectIdentifier($0)) }
        .filter { !boundary.contains(ObjectIdentifier($0)) }
        .reduce(0) { $0 + $1.flops }
    default: return 0
    }
  }
}
