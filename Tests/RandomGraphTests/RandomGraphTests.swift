import Foundation
import Testing

/// Random graphs through the engine and the reference. In a process of their own: other suites would
/// take the thread team away, and count among the compilations.
@Suite struct RandomGraphTests {
  @Test func randomGraphsAgreeWithTheReferenceAndNeverDependOnWhatIsHeld() async throws {
    let result = try await #require(
      processExitsWith: .success,
      observing: [\.standardOutputContent, \.standardErrorContent]
    ) {
      let failures = runRandomGraphs()
      for failure in failures { Issue.record("\(failure)") }
    }
    print(String(decoding: result.standardOutputContent, as: UTF8.self))
  }
}
