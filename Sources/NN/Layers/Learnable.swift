import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// A learnable that holds a tensor, under the name that it has in its layer.
func learnable(_ name: String, _ tensor: Tensor) -> VarDiff {
  let variable = Var(tensor).requiresGrad()
  variable.name = name
  return variable
}

/// A learnable drawn uniformly from −√(1 / fan) up to √(1 / fan). Takes one draw.
func learnable(_ name: String, _ shape: Shape, fan: Int, _ source: RandomSource) -> VarDiff {
  let bound = Float((1 / Double(fan)).squareRoot())
  return learnable(name, source.draw().uniform(shape, in: -bound..<bound))
}

/// The end of a sentence: which learnable it is about, if that has a name.
func suffix(_ learnable: VarDiff?) -> String {
  learnable?.name.map { " (its weight is \"\($0)\")" } ?? ""
}
