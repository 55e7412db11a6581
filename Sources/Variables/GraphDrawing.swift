import NeuronikaGraphs
import NeuronikaTensors

extension Variable {
  /// The graph that this is computed by, in Graphviz' language: from the leaves down to this.
  ///
  /// ```
  /// print(loss.dot())
  /// try loss.writeGraph(to: "loss.svg")
  /// ```
  ///
  /// An operation is a box with round corners that says its name, what it is set to, and its shape;
  /// a leaf is a box with square ones and its name, if it has one; numbers stand in the operation
  /// that they belong to. Parameters, other differentiable variables and constants have colours of
  /// their own, and what the program can still name has a bold outline. A legend says so.
  ///
  /// Nothing is computed. The time is proportional to the number of ancestors.
  ///
  /// - Parameter limit: How many variables to draw at most, at least 1: those nearest to this one.
  ///   The legend says how many are left out, and dots stand where they would be.
  public func dot(limit: Int = 200) -> String {
    if limit < 1 { stopProgram("dot: at least 1 variable is drawn, not \(limit)") }
    return GraphDrawing(of: node, limit: limit).text
  }
}

/// A graph in Graphviz' language.
private struct GraphDrawing {
  private var lines: [String] = []

  /// The parts that a node can play, and how they look.
  private enum Role: CaseIterable {
    case parameter, differentiable, constant

    init(_ node: Node) {
      self = !node.isDifferentiable ? .constant : node.isLeaf ? .parameter : .differentiable
    }

    var fill: String {
      switch self {
      case .parameter: "#fdecc8"
      case .differentiable: "#dce9fb"
      case .constant: "#eef0f2"
      }
    }

    var line: String {
      switch self {
      case .parameter: "#b7791f"
      case .differentiable: "#3b73b9"
      case .constant: "#8a949e"
      }
    }

    var title: String {
      switch self {
      case .parameter: "parameter"
      case .differentiable: "differentiable"
      case .constant: "constant"
      }
    }
  }

  private static let quiet = "#57606a"

  init(of root: Node, limit: Int) {
    let all = topologicalOrder(of: [root])
    let shown = GraphDrawing.nearest(to: root, limit)
    let drawn = all.filter { $0.kind != .scalar || $0 === root }
    let font = "fontname=\"Helvetica,Arial,sans-serif\""
    lines = [
      "digraph {",
      "  graph [rankdir=TB, ordering=in, nodesep=0.3, ranksep=0.38, pad=0.25, bgcolor=white, \(font)]",
      "  node [shape=box, fontsize=12, margin=\"0.14,0.07\", height=0.3, fontcolor=\"#1f2328\", \(font)]",
      "  edge [color=\"#8a949e\", arrowsize=0.6, penwidth=1.1]",
    ]
    for node in drawn {
      if let number = shown[ObjectIdentifier(node)] { draw(node, number, shown) }
    }
    legend(leftOut: drawn.count - shown.count)
    lines.append("}")
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  /// Numbers for the nodes nearest to the root, by how many steps lead there.
  private static func nearest(to root: Node, _ limit: Int) -> [ObjectIdentifier: Int] {
    var numbers = [ObjectIdentifier(root): 0]
    var queue = [root]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      for operand in node.operands.array where operand.kind != .scalar {
        if numbers.count == limit { return numbers }
        if numbers[ObjectIdentifier(operand)] != nil { continue }
        numbers[ObjectIdentifier(operand)] = numbers.count
        queue.append(operand)
      }
    }
    return numbers
  }

  private mutating func draw(_ node: Node, _ number: Int, _ shown: [ObjectIdentifier: Int]) {
    let role = Role(node)
    let isHeld = node.handles > 0
    lines.append(
      "  n\(number) [label=<\(GraphDrawing.label(of: node))>, "
        + "style=\"filled\(node.isLeaf ? "" : ",rounded")\", fillcolor=\"\(role.fill)\", "
        + "color=\"\(role.line)\", penwidth=\(isHeld ? "2.4" : "0.9")]")
    for (place, operand) in node.operands.array.enumerated() where operand.kind != .scalar {
      if let source = shown[ObjectIdentifier(operand)] {
        lines.append("  n\(source) -> n\(number)")
      } else {
        lines.append(
          "  n\(number)_\(place) [label=\"⋯\", shape=plaintext, fontcolor=\"\(GraphDrawing.quiet)\"]"
        )
        lines.append("  n\(number)_\(place) -> n\(number) [style=dashed, arrowhead=none]")
      }
    }
  }

  // MARK: Labels

  private static func label(of node: Node) -> String {
    let shape = "<font point-size=\"10\" color=\"\(quiet)\">\(escaped("\(node.shape)"))</font>"
    if node.kind == .scalar { return "<b>\(node.scalar)</b>" }
    if node.isLeaf {
      let name = (node.state as? NamedState)?.name
      return name.map { "<b>\(escaped($0))</b> \(shape)" } ?? shape
    }
    let settings = settings(of: node)
    let details =
      settings.isEmpty
      ? "" : "<br/><font point-size=\"10\">\(escaped(settings.joined(separator: ", ")))</font>"
    return title(of: node) + " " + shape + details
  }

  /// The name, with the numbers among the operands where they stand: `dropout(·, ·, 0.2)`, `· *
  /// 0.5`.
  private static func title(of node: Node) -> String {
    let name = "<b>\(escaped(node.operation.name))</b>"
    let operands = node.operands.array
    if !operands.contains(where: { $0.kind == .scalar }) { return name }
    let parts = operands.map { $0.kind == .scalar ? short($0.scalar) : "·" }
    let isOperator = parts.count == 2 && !node.operation.name.contains { $0.isLetter }
    return isOperator
      ? "\(parts[0]) \(name) \(parts[1])" : "\(name)(\(parts.joined(separator: ", ")))"
  }

  private static func short(_ number: Float) -> String {
    number == number.rounded() && number.magnitude < 1e6 ? "\(Int(number))" : "\(number)"
  }

  /// The static attributes, read off the operation's stored properties.
  private static func settings(of node: Node) -> [String] {
    Mirror(reflecting: node.operation).children.compactMap { child -> String? in
      guard let label = child.label else { return nil }
      switch child.value {
      case let shape as Shape: return shape == node.shape ? nil : "\(label) \(shape)"
      case let axes as AxisSet:
        // All of them go without saying.
        let all = node.operands.count > 0 ? node.operands[0].shape.rank : 0
        if axes == AxisSet(all: all) { return nil }
        return "\(label) " + (0..<64).filter(axes.contains).map { "\($0)" }.joined(separator: ", ")
      case let mode as TrainingMode: return mode.isTraining ? "training" : "in use"
      case let number as Float: return "\(label) \(short(number))"
      case let numbers as [Int]:
        if label == "steps" && numbers.allSatisfy({ $0 == 1 }) { return nil }
        return "\(label) \(numbers)"
      case let value where value is Int || value is Bool || value is String:
        return label == "name" ? nil : "\(label) \(value)"
      case let value where Mirror(reflecting: value).displayStyle == .enum: return "\(value)"
      default: return nil
      }
    }
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
  }

  // MARK: Legend

  private mutating func legend(leftOut: Int) {
    func cell(_ text: String, _ attributes: String) -> String {
      "<td \(attributes)><font point-size=\"10\">\(text)</font></td>"
    }
    var cells = Role.allCases.map {
      cell($0.title, "bgcolor=\"\($0.fill)\" color=\"\($0.line)\" border=\"1\"")
    }
    cells.append(cell("held by the program", "color=\"\(GraphDrawing.quiet)\" border=\"2\""))
    if leftOut > 0 {
      let variables = leftOut == 1 ? "1 variable" : "\(leftOut) variables"
      cells.append(cell("⋯ \(variables) left out", "border=\"0\""))
    }
    lines.append(
      "  { rank=sink; legend [shape=plaintext, margin=0, label=<<table border=\"0\" "
        + "cellspacing=\"6\" cellpadding=\"4\"><tr>\(cells.joined())</tr></table>>] }")
    lines.append("  n0 -> legend [style=invis]")
  }
}
