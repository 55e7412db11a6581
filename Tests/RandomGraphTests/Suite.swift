import Foundation
import NeuronikaExecution
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables

/// Runs the suite's graphs and prints what they were.
///
/// - Returns: What went wrong.
func runRandomGraphs() -> [String] {
  let environment = ProcessInfo.processInfo.environment
  let base = environment["NEURONIKA_GRAPH_SEED"].flatMap { UInt64($0) } ?? 20_261_122
  let count = environment["NEURONIKA_GRAPH_COUNT"].flatMap { Int($0) } ?? 2000
  let traces = environment["NEURONIKA_GRAPH_TRACE"] != nil
  print("random graphs from NEURONIKA_GRAPH_SEED=\(base): \(count)")
  let start = ContinuousClock.now
  var tally = Tally()
  var failures: [String] = []
  // Should the engine stop the process, the parent finds here at which graph.
  let current = currentGraphFile(of: getppid())
  defer { try? FileManager.default.removeItem(at: current) }
  for number in 0..<count {
    let graph = RandomGraph.random(seed: base &+ UInt64(number))
    try? graph.code.write(to: current, atomically: false, encoding: .utf8)
    if traces { complain(graph.code + "\n") }
    tally.count(graph)
    let comparing = graph.referenceCost < (number % 8 == 0 ? 1_500_000 : 300_000)
    if comparing { tally.compared += 1 }
    switch graph.check(comparing: comparing) {
    case .right: break
    case .inconclusive: tally.inconclusive += 1
    case .wrong(let how):
      let smallest = graph.shrunk { if case .wrong = $0.check() { true } else { false } }
      var last = how
      if case .wrong(let how) = smallest.check() { last = how }
      failures.append("\(last)\n\(smallest.code)\n")
      complain("\(last)\n\(smallest.code)")
      if failures.count >= 5 { return failures }
    }
  }

  print(
    "\(tally.nodes) nodes, the largest of \(tally.largest) elements, in \(ContinuousClock.now - start)"
  )
  print(
    "compared with the reference: \(tally.compared), too close to a kink: \(tally.inconclusive)")
  print(
    "operations: "
      + tally.operations.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(
        separator: ", "))
  let passes = EngineStatistics.passes
  print(
    "\(EngineStatistics.compilations) plans, passes: shared \(passes.shared), bias \(passes.bias), "
      + "relu \(passes.relu), fused \(passes.fused)")
  if count >= 2000 {
    for (operation, found) in tally.operations where found * 1000 < count && count >= 10_000 {
      failures.append("\(operation) is in \(found) graphs only")
    }
    for (name, found) in [
      ("shared", passes.shared), ("bias", passes.bias), ("relu", passes.relu),
      ("fused", passes.fused),
    ] where found < 100 {
      failures.append("the pass \(name) found something \(found) times only")
    }
    if tally.inconclusive * 100 > count {
      failures.append("\(tally.inconclusive) are inconclusive")
    }
  }
  return failures
}

/// Where the graph stands that is being run for a process.
func currentGraphFile(of process: Int32) -> URL {
  FileManager.default.temporaryDirectory.appending(path: "neuronika-random-graph-\(process).txt")
}

private func complain(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
