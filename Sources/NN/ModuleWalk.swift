import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A walk over a module: finds all that it declares, gives learnables and buffers their dotted names,
/// and makes sure that nothing is missing in the declarations.
struct ModuleWalk {
  private(set) var learnables: [(name: String, parameter: VarDiff)] = []
  private(set) var buffers: [(name: String, buffer: Var)] = []
  private(set) var modes: [TrainingMode] = []
  private var paths: [ObjectIdentifier: String] = [:]
  private var taken: Set<String> = []

  init(_ module: any Module) {
    _ = walk(module, "")
  }

  /// - Returns: What the module declares, directly or below, or excludes.
  private mutating func walk(_ module: any Module, _ path: String) -> Set<ObjectIdentifier> {
    var declared: Set<ObjectIdentifier> = []
    var names: Set<String> = []
    for (name, child) in module.children.entries {
      guard !name.isEmpty, !name.contains(".") else {
        stopProgram(
          "\(type(of: module)): a child's name is neither empty nor has a dot, which separates the "
            + "names of a path, but one is \"\(name)\"")
      }
      guard names.insert(name).inserted else {
        stopProgram("\(type(of: module)): two children are called \"\(name)\"")
      }
      declared.formUnion(add(child, path.isEmpty ? name : path + "." + name, of: module))
    }
    checkDeclaration(of: module, declared)
    return declared
  }

  private mutating func add(
    _ child: Any, _ path: String, of module: any Module
  ) -> Set<ObjectIdentifier> {
    switch child {
    case let excluded as Excluded:
      return contents(of: excluded.value)
    case let learnable as VarDiff:
      guard learnable.node.isLearnable else {
        stopProgram(
          "\(type(of: module)): the child \"\(path)\" is no learnable: it has shape "
            + "\(learnable.shape) and is \(learnable.node.isLeaf ? "a leaf without a gradient" : "computed")"
        )
      }
      if isNew(learnable.node, path) { learnables.append((path, learnable)) }
      learnable.name = qualified(learnable.name, path)
      return [ObjectIdentifier(learnable.node)]
    case let buffer as Var:
      guard buffer.node.isLeaf else {
        stopProgram(
          "\(type(of: module)): the child \"\(path)\" is no leaf, but a computed variable of shape "
            + "\(buffer.shape), which has no value of its own to keep")
      }
      if isNew(buffer.node, path) { buffers.append((path, buffer)) }
      buffer.name = qualified(buffer.name, path)
      return [ObjectIdentifier(buffer.node)]
    case let mode as TrainingMode:
      modes.append(mode)
      return [ObjectIdentifier(mode)]
    case let module as any Module:
      return walk(module, path)
    case let list as [any Child]:
      return list.enumerated().reduce(into: []) { declared, element in
        declared.formUnion(add(element.element, "\(path).\(element.offset)", of: module))
      }
    case let table as [String: any Child]:
      return table.sorted { $0.key < $1.key }.reduce(into: []) { declared, element in
        declared.formUnion(add(element.value, "\(path).\(element.key)", of: module))
      }
    default:
      let mirror = Mirror(reflecting: child)
      if mirror.displayStyle == .optional {
        guard let value = mirror.children.first?.value else { return [] }
        return add(value, path, of: module)
      }
      stopProgram(
        "\(type(of: module)): the child \"\(path)\" is of type \(type(of: child)), which holds "
          + "something else than modules, learnables, buffers and training modes")
    }
  }

  /// Whether a leaf is met for the first time.
  private mutating func isNew(_ node: Node, _ path: String) -> Bool {
    if paths[ObjectIdentifier(node)] != nil { return false }
    guard taken.insert(path).inserted else {
      stopProgram("children: two different leaves are called \"\(path)\"")
    }
    paths[ObjectIdentifier(node)] = path
    return true
  }

  /// The name of a leaf met at a path. A walk that began further down doesn't shorten a name, and
  /// a name that the user gave stays.
  private func qualified(_ name: String?, _ path: String) -> String {
    guard let name else { return path }
    return path.hasSuffix("." + name) ? path : name
  }

  // MARK: The check

  /// Stops if a stored property holds something to declare that isn't declared.
  private func checkDeclaration(of module: any Module, _ declared: Set<ObjectIdentifier>) {
    var mirror: Mirror? = Mirror(reflecting: module)
    while let current = mirror {
      for (label, value) in current.children where !contents(of: value).isSubset(of: declared) {
        let name = label.map(ModuleWalk.sourceName) ?? "?"
        stopProgram(
          "\(type(of: module)): the stored property \"\(name)\" (\(type(of: value))) is not in "
            + "children. Declare it, \"\(name)\": \(name), or leave it out on purpose, "
            + "\"\(name)\": Excluded(\(name))")
      }
      mirror = current.superclassMirror
    }
  }

  /// The name in the source of a property that is lazy or has a wrapper.
  private static func sourceName(_ label: String) -> String {
    for prefix in ["$__lazy_storage_$_", "_"] where label.hasPrefix(prefix) {
      return String(label.dropFirst(prefix.count))
    }
    return label
  }

  /// The learnables, buffers and modes that can be found in a value by reflection. Objects that are
  /// no modules are not looked into.
  private func contents(of value: Any) -> Set<ObjectIdentifier> {
    var found: Set<ObjectIdentifier> = []
    var seen: Set<ObjectIdentifier> = []
    search(value, &found, &seen)
    return found
  }

  private func search(
    _ value: Any, _ found: inout Set<ObjectIdentifier>, _ seen: inout Set<ObjectIdentifier>
  ) {
    if isPlain(value) { return }
    switch value {
    case let variable as VarDiff:
      if variable.node.isLearnable { found.insert(ObjectIdentifier(variable.node)) }
    case let variable as Var:
      if variable.node.isLeaf { found.insert(ObjectIdentifier(variable.node)) }
    case let mode as TrainingMode:
      found.insert(ObjectIdentifier(mode))
    default:
      var mirror: Mirror? = Mirror(reflecting: value)
      if mirror?.displayStyle == .class {
        guard value is any Module, seen.insert(ObjectIdentifier(value as AnyObject)).inserted else {
          return
        }
      }
      while let current = mirror {
        for child in current.children { search(child.value, &found, &seen) }
        mirror = current.superclassMirror
      }
    }
  }

  /// Whether a value is, or is an array of, plain bits: so a data set isn't searched byte by byte.
  private func isPlain(_ value: Any) -> Bool {
    func isPOD<T>(_: T) -> Bool { _isPOD(T.self) }
    func hasPODs<C: Collection>(_: C) -> Bool { _isPOD(C.Element.self) }
    if let collection = value as? any Collection { return hasPODs(collection) }
    return isPOD(value)
  }
}

extension Node {
  /// Whether this is a leaf that gets a gradient.
  fileprivate var isLearnable: Bool { isLeaf && isDifferentiable }
}
