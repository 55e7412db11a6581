import NeuronikaGraphs
import NeuronikaTensors

/// What a module is made of, for printing.
struct ModuleTree {
  /// The name in the parent: `hidden`, or `layers.0` for an element of a list.
  let name: String
  let module: any Module
  /// The learnables of its own.
  private(set) var learnables: [(name: String, variable: VarDiff)] = []
  private(set) var buffers: [(name: String, variable: Var)] = []
  private(set) var children: [ModuleTree] = []
  /// Learnable numbers here and below, each counted where it is met first.
  private(set) var parameters = 0
  /// What learnables and buffers here and below take.
  private(set) var bytes = 0

  /// The tree of a module whose declaration has been checked.
  init(_ module: any Module) {
    _ = ModuleWalk(module)
    var seen: Set<ObjectIdentifier> = []
    self.init("", module, &seen)
  }

  private init(_ name: String, _ module: any Module, _ seen: inout Set<ObjectIdentifier>) {
    (self.name, self.module) = (name, module)
    for (name, child) in module.children.entries { add(name, child, &seen) }
  }

  private mutating func add(_ name: String, _ child: Any, _ seen: inout Set<ObjectIdentifier>) {
    switch child {
    case let learnable as VarDiff:
      learnables.append((name, learnable))
      count(learnable.node, isLearnable: true, &seen)
    case let buffer as Var:
      buffers.append((name, buffer))
      count(buffer.node, isLearnable: false, &seen)
    case let module as any Module:
      let tree = ModuleTree(name, module, &seen)
      parameters += tree.parameters
      bytes += tree.bytes
      children.append(tree)
    case let list as [any Child]:
      for (position, element) in list.enumerated() { add("\(name).\(position)", element, &seen) }
    case let table as [String: any Child]:
      for (key, element) in table.sorted(by: { $0.key < $1.key }) {
        add("\(name).\(key)", element, &seen)
      }
    case is TrainingMode, is Excluded: break
    default:
      if let value = Mirror(reflecting: child).children.first?.value { add(name, value, &seen) }
    }
  }

  private mutating func count(
    _ node: Node, isLearnable: Bool, _ seen: inout Set<ObjectIdentifier>
  ) {
    guard seen.insert(ObjectIdentifier(node)).inserted else { return }
    if isLearnable { parameters += node.shape.count }
    bytes += node.shape.count * MemoryLayout<Float>.size
  }

  /// The type's name, or of a module without parts what it says of itself.
  var label: String { children.isEmpty ? "\(module)" : "\(type(of: module))" }

  /// The shapes of the learnables: `weight [10, 4] · bias [10]`.
  var shapes: String {
    learnables.map { "\($0.name) \($0.variable.shape)" }.joined(separator: " · ")
  }

  /// Calls the closure with the tree and all below, and the branch that leads to each: `├─ `.
  func forEach(_ body: (_ tree: ModuleTree, _ branch: String) -> Void) {
    func visit(_ tree: ModuleTree, _ branch: String, _ indent: String) {
      body(tree, branch)
      for (position, child) in tree.children.enumerated() {
        let isLast = position == tree.children.count - 1
        visit(child, indent + (isLast ? "└─ " : "├─ "), indent + (isLast ? "   " : "│  "))
      }
    }
    visit(self, "", "")
  }
}

extension Module {
  /// The module as a tree: of each part its name, its kind, the shapes of its learnables, how many
  /// numbers it learns, and how many bytes they and its buffers take.
  ///
  /// ```text
  /// Network: 407,050 parameters, 1.63 MB
  /// ├─ hidden  Linear(784 → 512)  weight [512, 784] · bias [512]  401,920  1.61 MB
  /// └─ output  Linear(512 → 10)   weight [10, 512] · bias [10]      5,130  20.5 KB
  /// ```
  ///
  /// A layer says what it is in a word instead, like `Linear(784 → 512)`. Numbers that several parts
  /// share are counted where they are met first.
  public var description: String {
    let tree = ModuleTree(self)
    if tree.children.isEmpty {
      return "\(type(of: self))" + (tree.shapes.isEmpty ? "" : "(\(tree.shapes))")
    }
    var table = TextTable(alignments: [.left, .left, .left, .right, .right])
    tree.forEach { tree, branch in
      if branch.isEmpty { return }
      let isEmpty = tree.bytes == 0
      table.add([
        branch + tree.name, tree.label, tree.shapes,
        isEmpty ? "" : grouped(tree.parameters), isEmpty ? "" : byteCount(tree.bytes),
      ])
    }
    return "\(type(of: self)): \(parametersInWords(tree.parameters)), \(byteCount(tree.bytes))\n"
      + table.lines().joined(separator: "\n")
  }
}
