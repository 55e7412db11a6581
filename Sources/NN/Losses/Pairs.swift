import NeuronikaGraphs
import NeuronikaTensors

/// Stops the program, in the name of a loss, if the shapes differ.
func requirePair(_ loss: String, _ prediction: some Variable, _ target: some Variable) {
  do { try pairedShape(prediction.shape, target.shape) } catch {
    stopProgram("\(loss): \(error.description)")
  }
}
