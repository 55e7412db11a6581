import NeuronikaExecution

/// Runs a closure in which every `forward()` and `backward()` is searched for the operation that
/// first makes a NaN or an infinity, and stops the program there.
///
/// ```
/// withAnomalyDetection {
///   let loss = mseLoss(network(x), y)
///   loss.backward()
/// }
/// ```
///
/// The sentence names the operation and, in a backward, the operation whose gradient it belongs to,
/// with the first element that is wrong, and for each operand what it is and what is in it:
///
/// ```text
/// anomaly in the gradient of sqrt, of shape [3]: /, of shape [3], gave inf at [0] (1 of 3 not finite)
///   operand 0, the result of * [3]: 0.5
///   operand 1, the result of sqrt [3]: 0.0 … 2.0
///   operand of sqrt, the leaf "scale" [3]: 0.0 … 4.0
/// ```
///
/// An operation is to blame if its result has a NaN and none of its operands has one, or an
/// infinity and its operands are finite throughout; and so is a leaf that holds a NaN.
///
/// After each evaluation all its operations run once more, one by one: expect it to take many times
/// as long. `NEURONIKA_ANOMALY=1` in the environment does the same for a whole program. Holds for
/// the current task, and for the tasks that it starts.
public func withAnomalyDetection<Result>(_ body: () throws -> Result) rethrows -> Result {
  try AnomalyDetection.$isOn.withValue(true) { try body() }
}
