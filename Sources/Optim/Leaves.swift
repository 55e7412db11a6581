import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

/// The parameters, each once, in their order.
func distinct(_ parameters: [VarDiff]) -> [VarDiff] {
  var known: Set<ObjectIdentifier> = []
  return parameters.filter { known.insert(ObjectIdentifier($0.node)).inserted }
}

/// What the engine knows of parameters. Stops the program at one that is no leaf with a gradient.
///
/// - Parameter sentence: From what is wrong with one, `of shape […], is …`, the message.
func leafStates(of parameters: [VarDiff], _ sentence: (String) -> String) -> [LeafState] {
  parameters.map { parameter in
    guard parameter.node.isDifferentiable, let leaf = parameter.node.state as? LeafState else {
      let kind =
        parameter.node.isLeaf
        ? "a leaf without one" : "the result of \(type(of: parameter.node.operation).name)"
      stopProgram(sentence("of shape \(parameter.shape), is \(kind)"))
    }
    return leaf
  }
}
