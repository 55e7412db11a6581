/// Named tensors and numbers: what modules, optimizers, schedules, loaders and generators give and
/// take, and what a checkpoint holds.
///
/// Names are dotted paths such as `encoder.0.weight`. They keep the order in which they were set.
///
/// ```swift
/// let layer = Linear(32, 64, bias: false)
/// var state = State()
/// state["step"] = .integer(1200)
/// state.insert(layer.state, under: "encoder.0")
///
/// var reader = state.reader()
/// let step = try reader.integer("step")
/// let weight = try reader.tensor("encoder.0.weight", shape: [64, 32])
/// try reader.finish()  // nothing may be left over
/// ```
public struct State: Sendable {
  /// What a name stands for.
  public enum Value: Sendable, Equatable {
    /// An array of floats.
    case tensor(Tensor)
    /// A real number.
    case number(Double)
    /// A whole number, exact.
    case integer(Int)
  }

  /// All names, in the order in which they were set, without the prefix.
  public private(set) var names: [String] = []
  /// What stands before each name in messages: `encoder.0`, or nothing.
  public let prefix: String
  private var values: [String: Value] = [:]

  /// An empty state.
  public init() { prefix = "" }

  private init(prefix: String) { self.prefix = prefix }

  /// The number of names.
  public var count: Int { names.count }

  /// The value of a name: `nil` if there is none. Setting `nil` removes the name.
  public subscript(name: String) -> Value? {
    get { values[name] }
    set {
      if values.updateValue(newValue ?? .integer(0), forKey: name) == nil { names.append(name) }
      if newValue == nil {
        values[name] = nil
        names.removeAll { $0 == name }
      }
    }
  }

  /// Puts another state in, each of its names behind a prefix and a dot.
  ///
  /// A name that is there already stops the program: two parts of one model share it.
  ///
  /// - Parameter prefix: A dotted path; the empty one adds nothing.
  public mutating func insert(_ state: State, under prefix: String) {
    for name in state.names {
      let path = State.join(prefix, name)
      guard values[path] == nil else {
        stopProgram("State: \"\(State.join(self.prefix, path))\" is there already")
      }
      self[path] = state[name]
    }
  }

  /// The part whose names begin with a prefix and a dot, under the names without them. It remembers
  /// the prefix, so that errors name the whole path.
  public func nested(_ prefix: String) -> State {
    var result = State(prefix: State.join(self.prefix, prefix))
    for name in names where name.hasPrefix(prefix + ".") {
      result[String(name.dropFirst(prefix.count + 1))] = values[name]
    }
    return result
  }

  /// A reader that makes sure that everything is there and nothing is left over.
  public func reader() -> StateReader { StateReader(self) }

  static func join(_ prefix: String, _ name: String) -> String {
    prefix.isEmpty ? name : name.isEmpty ? prefix : prefix + "." + name
  }
}

extension State: Equatable {
  /// Whether names and values are the same, in whatever order.
  public static func == (left: State, right: State) -> Bool { left.values == right.values }
}

/// Reads a ``State`` strictly: every key that is read has to exist, with the right kind and shape,
/// and every key that exists has to be read.
public struct StateReader: Sendable {
  private let state: State
  private var unread: Set<String>

  fileprivate init(_ state: State) {
    self.state = state
    unread = Set(state.names)
  }

  /// The tensor of a name.
  ///
  /// - Parameter shape: The shape it must have; without it, any.
  /// - Throws: `StateError` if it is missing, no tensor, or of another shape.
  public mutating func tensor(_ name: String, shape: Shape? = nil) throws(StateError) -> Tensor {
    let value = try take(name)
    guard case .tensor(let tensor) = value else {
      throw .wrongKind(key: path(name), expected: "a tensor", found: value.kind)
    }
    if let shape, shape != tensor.shape {
      throw .wrongShape(key: path(name), expected: shape, found: tensor.shape)
    }
    return tensor
  }

  /// The number of a name. An integer will do.
  ///
  /// - Throws: `StateError` if it is missing or a tensor.
  public mutating func number(_ name: String) throws(StateError) -> Double {
    switch try take(name) {
    case .number(let number): return number
    case .integer(let integer): return Double(integer)
    case .tensor(let tensor):
      throw .wrongKind(
        key: path(name), expected: "a number", found: State.Value.tensor(tensor).kind)
    }
  }

  /// The integer of a name.
  ///
  /// - Throws: `StateError` if it is missing or no integer.
  public mutating func integer(_ name: String) throws(StateError) -> Int {
    let value = try take(name)
    guard case .integer(let integer) = value else {
      throw .wrongKind(key: path(name), expected: "an integer", found: value.kind)
    }
    return integer
  }

  /// The integer of a name, which counts something: epochs, steps.
  ///
  /// - Throws: `StateError` if it is missing, no integer, or not from 0 to 2⁵³.
  public mutating func count(_ name: String) throws(StateError) -> Int {
    let count = try integer(name)
    guard (0...1 << 53).contains(count) else {
      throw .wrongKind(
        key: path(name), expected: "a count from 0 to 2⁵³",
        found: State.Value.integer(count).kind)
    }
    return count
  }

  /// All that stands under a prefix, to be read by someone else; it counts as read here.
  public mutating func nested(_ prefix: String) -> State {
    unread = unread.filter { !$0.hasPrefix(prefix + ".") }
    return state.nested(prefix)
  }

  /// Ends the reading.
  ///
  /// - Throws: `StateError.unexpected` with the keys nobody has read.
  public func finish() throws(StateError) {
    if unread.isEmpty { return }
    throw .unexpected(keys: state.names.filter(unread.contains).map(path))
  }

  private mutating func take(_ name: String) throws(StateError) -> State.Value {
    guard let value = state[name] else {
      throw .missing(key: path(name), present: state.names.map(path))
    }
    unread.remove(name)
    return value
  }

  private func path(_ name: String) -> String { State.join(state.prefix, name) }
}

extension State.Value {
  fileprivate var kind: String {
    switch self {
    case .tensor(let tensor): "a tensor of shape \(tensor.shape)"
    case .number(let number): "the number \(number)"
    case .integer(let integer): "the integer \(integer)"
    }
  }
}

/// What is wrong with a state that was to be read. Every key is given as its whole path.
public enum StateError: Error, Equatable {
  /// A key is not there; `present` are the keys that are.
  case missing(key: String, present: [String])
  /// There are keys that mean nothing here.
  case unexpected(keys: [String])
  /// A tensor has another shape.
  case wrongShape(key: String, expected: Shape, found: Shape)
  /// A value is of another kind.
  case wrongKind(key: String, expected: String, found: String)
}

extension StateError: CustomStringConvertible {
  /// One line that names the key.
  public var description: String {
    switch self {
    case .missing(let key, let present):
      "state: \"\(key)\" is missing; "
        + (present.isEmpty ? "there are no keys at all" : "there are \(list(present))")
    case .unexpected(let keys):
      "state: \(list(keys)) \(keys.count == 1 ? "is" : "are") not expected here"
    case .wrongShape(let key, let expected, let found):
      "state: \"\(key)\" has shape \(found) where \(expected) was expected"
    case .wrongKind(let key, let expected, let found):
      "state: \"\(key)\" is \(found) where \(expected) was expected"
    }
  }

  private func list(_ keys: [String]) -> String {
    let shown = keys.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    return keys.count > 8 ? "\(shown) and \(keys.count - 8) more" : shown
  }
}

extension State: CustomStringConvertible {
  /// A line for each name: tensors by shape, numbers by value.
  public var description: String {
    names.map { name in
      switch values[name]! {
      case .tensor(let tensor): "\(name) \(tensor.shape)"
      case .number(let number): "\(name) = \(number)"
      case .integer(let number): "\(name) = \(number)"
      }
    }.joined(separator: "\n")
  }
}
