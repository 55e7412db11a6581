import NeuronikaGraphs
import NeuronikaTensors

/// The shape rule of losses that compare element by element. Broadcasting would turn predictions
/// `[N, 1]` and targets `[N]` into N² pairs without a word.
package func pairedShape(_ prediction: Shape, _ target: Shape) throws(ShapeError) {
  guard prediction == target else {
    throw ShapeError(
      "prediction and target differ in shape. prediction \(prediction) · target \(target)")
  }
}

func requirePair(_ loss: String, _ prediction: some Variable, _ target: some Variable) {
  do { try pairedShape(prediction.shape, target.shape) } catch {
    stopProgram("\(loss): \(error.description)")
  }
}
