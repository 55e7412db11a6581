import Foundation
import Testing
import TutorialRunning

/// What an interrupted run has to have in common with one that was not.
private let results = [
  "SampleTraining.md", "history.csv", "metrics.csv", "model.safetensors",
]

@Suite("A tutorial's training")
struct ResumeTests {
  private func run(_ arguments: String..., in folder: String? = nil) throws -> TutorialRun {
    try TutorialRun("sample-training", arguments, in: folder)
  }

  /// The results of a run that is not interrupted.
  private static let expected = Task {
    let whole = try TutorialRun("sample-training", [])
    #expect(try await whole.status() == 0)
    return results.map { whole.bytes($0) }
  }

  /// 13 steps an epoch, 52 a training, 104 in all.
  @Test(
    "that was interrupted and goes on gives the bits of one that never was",
    arguments: [
      ("controlC", [30]), ("controlC", [26]), ("controlC", [52]), ("controlC", [53]),
      ("controlC", [104]), ("killChild", [40]), ("killParent", [90]),
      ("killParent", [20, 20, 20]), ("controlC", [1, 20, 60]),
    ])
  func goesOn(interruption: String, steps: [Int]) async throws {
    let expected = try await Self.expected.value
    #expect(!expected.contains(nil))

    let folder = try scratch() + "/run"
    var resume: [String] = []
    for step in steps {
      let part = try TutorialRun(
        "sample-training", resume + ["--step", "\(step)", "--interruption", interruption],
        in: folder)
      #expect(try await part.status() != 0)
      let left = [".running", ".incomplete"].map { folder + $0 + "/checkpoint.safetensors" }
      resume =
        left.first { FileManager.default.fileExists(atPath: $0) }
        .map { ["--resume", $0] } ?? []
    }
    let last = try TutorialRun("sample-training", resume, in: folder)
    #expect(try await last.status() == 0)
    for (name, bytes) in zip(results, expected) {
      #expect(last.bytes(name) == bytes, "\(name)")
    }
  }

  @Test("goes on with the options that it began with, or says in one line why it doesn't")
  func mismatch() async throws {
    let part = try run("--step", "30", "--interruption", "killChild")
    #expect(try await part.status() == 137)
    let checkpoint = part.folder + ".incomplete/checkpoint.safetensors"
    let other = try run("--resume", checkpoint, "--learning-rate", "0.2", "--seed", "3")
    #expect(try await other.status() == 66)
    #expect(
      other.output.contains(
        "\n\(checkpoint): it belongs to another run: this one has learningRate 0.2 instead of 0.1, "
          + "seed 3 instead of 0. Give the options of that run, or leave out --resume\n"))

    let broken = try scratch() + "/checkpoint.safetensors"
    let bytes = try #require(part.bytes(".incomplete/checkpoint.safetensors"))
    try bytes.prefix(1000).write(to: URL(fileURLWithPath: broken))
    let cut = try run("--resume", broken)
    #expect(try await cut.status() == 66)
    #expect(cut.output.contains(broken))
  }
}
