import Foundation
import Testing

/// Random graphs through the engine and the reference. In a process of their own: other suites would
/// take the thread team away, and count among the compilations.
@Suite struct RandomGraphTests {
  /// `NEURONIKA_GRAPH_SEED` sets the first graph's seed, `NEURONIKA_GRAPH_COUNT` how many there are,
  /// and `NEURONIKA_GRAPH_TRACE` prints each before it runs.
  @Test func randomGraphsAgreeWithTheReferenceAndNeverDependOnWhatIsHeld() async throws {
    // The graphs are small and threads many: a worker that spins between two regions takes the
    // processor from whoever has work. The child inherits this.
    setenv("OMP_WAIT_POLICY", "passive", 1)
    let result = await #expect(
      processExitsWith: .success,
      observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      let failures = runRandomGraphs()
      for failure in failures { Issue.record("\(failure)") }
    }
    print(String(decoding: result?.standardOutputContent ?? [], as: UTF8.self))
    print(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self))
    let file = currentGraphFile(of: getpid())
    if let code = try? String(contentsOf: file, encoding: .utf8) {
      Issue.record("the process died at this graph:\n\(code)")
      try FileManager.default.removeItem(at: file)
    }
  }
}
