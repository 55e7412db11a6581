import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors

extension Var: CustomStringConvertible {
  /// The value, printed as NumPy does. Computed first if it never was.
  public var description: String { "\(Engine.demandValue(of: node))" }
}

extension VarDiff: CustomStringConvertible {
  /// The value, printed as NumPy does. Computed first if it never was.
  public var description: String { "\(Engine.demandValue(of: node))" }
}
