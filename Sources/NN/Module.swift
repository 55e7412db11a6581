import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A part of a network that has something to learn or to switch: a layer, or a whole model.
///
/// A module is a plain struct or class. Its learnables are stored properties, and it declares them,
/// and the modules that it is made of, as its ``children``. By convention it is called like a
/// function.
///
/// ```swift
/// struct Network: Module {
///   let hidden = Linear(784, 512)
///   let output = Linear(512, 10)
///
///   var children: Children { ["hidden": hidden, "output": output] }
///
///   func callAsFunction(_ images: Var) -> VarDiff {
///     output(hidden(images).relu())
///   }
/// }
///
/// let network = Network()
/// let optimizer = SGD(network.parameters, learningRate: 0.1)
/// ```
///
/// Every learnable gets a stable dotted name, here `hidden.weight`: the key in a checkpoint, and what
/// every message of the engine prints. Nothing is skipped silently: whatever asks a module for its
/// parameters, its state or its mode compares the declaration with the stored properties, and stops
/// the program with the name of one that holds a learnable, or something else to declare, and isn't
/// declared.
///
/// Copies of a struct share their learnables, because a variable is a reference.
///
/// A printed module is a tree of its parts with shapes, counts and bytes. A part that takes one variable
/// and gives one is a ``Layer``.
public protocol Module: Child, CustomStringConvertible {
  /// Everything that belongs to the module, with the names for the dotted paths.
  var children: Children { get }
}

extension Module {
  /// What there is to learn, once each, in the order of declaration.
  public var parameters: [VarDiff] { ModuleWalk(self).learnables.map(\.parameter) }

  /// What there is to learn, once each, with the dotted paths, in the order of declaration. One that
  /// is declared twice (tied weights) has the first path.
  public var namedParameters: [(name: String, parameter: VarDiff)] { ModuleWalk(self).learnables }

  /// How many numbers there are to learn.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }

  /// Switches all parts, such as dropout, to their behaviour in training. They begin so.
  public func train() { ModuleWalk(self).modes.forEach { $0.isTraining = true } }

  /// Switches all parts, such as dropout, to their behaviour in use.
  public func eval() { ModuleWalk(self).modes.forEach { $0.isTraining = false } }

  /// Sets the gradients of all learnables to zero. Costs nothing but the walk.
  public func zeroGrad() { parameters.forEach { $0.zeroGrad() } }

  /// The values of all learnables and buffers under their dotted paths. They share memory with the
  /// module until one of the two changes.
  public var state: State {
    let walk = ModuleWalk(self)
    var state = State()
    for (path, learnable) in walk.learnables { state[path] = .tensor(learnable.data) }
    for (path, buffer) in walk.buffers { state[path] = .tensor(buffer.data) }
    return state
  }

  /// Takes the values of all learnables and buffers from a state. If it throws, nothing has changed.
  ///
  /// - Throws: `StateError`, with the whole path, if one is missing, superfluous, or of another
  ///   shape.
  public func load(_ state: State) throws(StateError) {
    let walk = ModuleWalk(self)
    var reader = state.reader()
    var values: [Tensor] = []
    for (path, learnable) in walk.learnables {
      values.append(try reader.tensor(path, shape: learnable.shape))
    }
    for (path, buffer) in walk.buffers {
      values.append(try reader.tensor(path, shape: buffer.shape))
    }
    try reader.finish()
    for ((_, learnable), value) in zip(walk.learnables, values) { learnable.data = value }
    for ((_, buffer), value) in zip(walk.buffers, values.dropFirst(walk.learnables.count)) {
      buffer.data = value
    }
  }
}
