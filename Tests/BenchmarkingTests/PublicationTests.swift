import Foundation
import NeuronikaBenchmarking
import Testing

extension BenchmarkingTests {
  @Suite("What a README says of a run")
  struct Publications {
    private static let environment = """
      {
        "compiler" : "Swift 6.3", "schema" : 1, "load" : 0.1,
        "fingerprint" : {
          "build" : "release", "instructionSet" : "AVX2", "processor" : "a processor",
          "processors" : 2, "threads" : 2
        },
        "libraries" : { "oneDNN" : "2.6.3" }, "revision" : "abc1234", "system" : "a system",
        "utc" : "2026-01-31T12:00:00Z"
      }
      """

    private static let compare = """
      # schema=1
      benchmark,peer,rounds,neuronika_median_ns,neuronika_min_ns,peer_median_ns,peer_min_ns,\
      ratio,ratio_low,ratio_high
      mlp,PyTorch,30,1000,900,2000,1900,0.50000,0.49000,0.51000
      mlp,JAX,30,1000,900,4000,3900,0.10500,0.09510,0.11000
      cnn,PyTorch,30,3000,900,9000,1900,0.33333,0.30000,0.35000
      cnn,PyTorch channels-last,30,3000,900,6000,1900,0.50000,0.47500,0.52500

      """

    private static let summary = """
      # schema=1
      benchmark,group,implementation,median_ns,min_ns,low_ns,high_ns
      mlp,training,neuronika,1000,900,950,1100
      mm/32,products,neuronika,10,9,9,11

      """

    private func section(_ files: [String: String]) throws -> String? {
      try withFolder(files) { folder in
        try PerformanceSection(folder: folder, link: "r/bench") { "\(Int($0)) ns" }?.markdown
      }
    }

    @Test("Training steps stand beside the variant of each framework that they compare worst with")
    func table() throws {
      let section = try section([
        "peers/env.json": Self.environment, "peers/compare.csv": Self.compare,
      ])
      #expect(
        section == """
          Measured on a processor, AVX2 · 2 threads · a system · Swift 6.3 · oneDNN 2.6.3 · \
          revision abc1234 · 2026-01-31

          | training step | Neuronika | PyTorch | ratio | JAX | ratio |
          |---|---:|---:|---:|---:|---:|
          | `mlp` | 1000 ns | 2000 ns | 0.50 (0.49–0.51) | 4000 ns | 0.10 (0.095–0.11) |
          | `cnn` | 3000 ns | 6000 ns (channels-last) | 0.50 (0.47–0.53) | – | – |

          Median times of a step, measured in turns. A ratio is Neuronika's time over the other's, \
          with its 95 % interval: below 1 is faster. Of several ways to compute in a \
          framework, the one with the greatest ratio stands here.

          Reports: [training, beside others](r/bench/peers/report.md)
          """)
    }

    @Test("A run by itself tells the times of its training steps")
    func alone() throws {
      let section = try section([
        "run/env.json": Self.environment, "run/summary.csv": Self.summary,
        "run/plots/roofline.png": "", "run/plots/loss-cnn.png": "",
      ])
      #expect(section?.contains("| `mlp` | 1000 ns | 950 ns – 1100 ns |") == true)
      #expect(section?.contains("mm/32") == false)
      let picture = "](r/bench/run/plots/roofline.png)](r/bench/run/report.md)"
      #expect(section?.contains(picture) == true)
      #expect(section?.contains("![Loss of cnn against steps and against seconds](r/b") == true)
    }

    @Test("The losses shown are those beside the peers', of mlp-128 if it is there")
    func pictures() throws {
      var files = [
        "run/env.json": Self.environment, "run/summary.csv": Self.summary,
        "peers/env.json": Self.environment, "peers/compare.csv": Self.compare,
      ]
      #expect(try section(files)?.contains("![") == false)
      for part in ["run", "peers"] {
        for name in ["loss-cnn", "loss-mlp-128", "ratios", "roofline"] {
          files["\(part)/plots/\(name).png"] = ""
        }
      }
      let words = try #require(try section(files)).split { "()".contains($0) }
      #expect(
        words.filter { $0.hasSuffix(".png") }
          == ["r/bench/peers/plots/loss-mlp-128.png", "r/bench/run/plots/roofline.png"])
    }

    @Test("Where nothing is published there is nothing to say")
    func nothing() throws {
      #expect(try section([:]) == nil)
    }

    @Test(
      "A folder that is no run is told by its file",
      arguments: [
        ("", "peers is no run of bench", Self.compare), ("{}", "peers/env.json is not what", ""),
        (Self.environment, "line 1", ""),
        (Self.environment, "row 1: ratio is `NaN`", Self.compare.replacing("0.50000", with: "NaN")),
        (Self.environment, "no column `benchmark`", "# schema=1\na,b\n1,2\n"),
      ])
    func damaged(environment: String, message: String, compare: String) throws {
      var files = ["peers/compare.csv": compare]
      if !environment.isEmpty { files["peers/env.json"] = environment }
      let error = #expect(throws: (any Error).self) { try section(files) }
      #expect("\(error!)".contains(message), "\(error!)")
    }

    @Test("Runs of two revisions or machines can't stand side by side")
    func differences() throws {
      let others = [
        Self.environment.replacing("abc1234", with: "def5678"),
        Self.environment.replacing("\"threads\" : 2", with: "\"threads\" : 1"), Self.environment,
      ]
      let found = try others.map { other in
        try withFolder(["a/env.json": Self.environment, "b/env.json": other]) { folder in
          try RunDescription(folder: folder + "/b").differences(
            from: RunDescription(folder: folder + "/a"))
        }
      }
      #expect(found == [["revision abc1234 ≠ def5678"], ["threads 2 ≠ 1"], []])
    }

    private let marks = MarkedSection(begin: "<!-- a -->", end: "<!-- b -->")

    @Test("A section is replaced, and nothing around it")
    func replacing() throws {
      let text = "one\n\n<!-- a -->\n<!-- b -->\n\ntwo\n"
      #expect(try marks.content(of: text) == "")
      let full = try marks.replacing(in: text, by: "x\n\ny")
      #expect(full == "one\n\n<!-- a -->\n\nx\n\ny\n\n<!-- b -->\n\ntwo\n")
      #expect(try marks.content(of: full) == "x\n\ny")
      #expect(try marks.replacing(in: full, by: "") == text)
    }

    @Test(
      "Without the two lines, once each and in their order, there is no section",
      arguments: [
        "", "<!-- a -->", "<!-- b --><!-- a -->", "<!-- a --><!-- b --><!-- b -->",
        "<!-- a --><!-- a --><!-- b -->",
      ])
    func marks(text: String) throws {
      let error = #expect(throws: RunFolderError.self) { try marks.content(of: text) }
      #expect(error?.description.contains("<!-- a -->") == true)
    }

    /// A folder with files of such texts, which is there while `body` runs.
    private func withFolder<Result>(
      _ files: [String: String], _ body: (String) throws -> Result
    ) throws -> Result {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("benchmarking-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, text) in files {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      return try body(folder.path)
    }
  }
}
