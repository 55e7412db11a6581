import Foundation
import NeuronikaBenchmarking
import Testing

extension BenchmarkingTests {
  @Suite("Files")
  struct Files {
    @Test("What is written to a CSV file is read back, whatever is in the cells")
    func csv() throws {
      try withFolder { folder in
        let rows = [["a", "1"], ["with, comma", "say \"so\""], ["\"", "two\nlines"], ["", ""]]
        try CSVFile(folder + "/t.csv", columns: ["name", "time_ns"]).append(rows)
        let table = try CSVTable(folder + "/t.csv")
        #expect(table.columns == ["name", "time_ns"])
        #expect(table.rows == rows)
        #expect(try table["name"] == rows.map { $0[0] })
        let text = try String(contentsOfFile: folder + "/t.csv", encoding: .utf8)
        #expect(text.hasPrefix("# schema=1\nname,time_ns\na,1\n"))
      }
    }

    @Test("A CSV file can be gone on with, by the same columns only")
    func appending() throws {
      try withFolder { folder in
        let path = folder + "/t.csv"
        for number in 1...2 {
          try CSVFile(appendingTo: path, columns: ["a", "b"]).append([["x", "\(number)"]])
        }
        #expect(try CSVTable(path).rows == [["x", "1"], ["x", "2"]])
        #expect(throws: CSVFileError.self) { try CSVFile(appendingTo: path, columns: ["a"]) }
      }
    }

    @Test("A CSV file whose last row was cut off is read without it")
    func cutOff() throws {
      try withFolder { folder in
        let path = folder + "/t.csv"
        try Data("# schema=1\na,b\n1,2\n3".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try CSVTable(path).rows == [["1", "2"]])
      }
    }

    @Test(
      "A CSV file that isn't one of ours is told",
      arguments: [
        ("", "line 1"), ("a,b\n1,2\n", "line 1"), ("# schema=1\n", "column names"),
        ("# schema=1\na,b\n1\n", "row 1: 1 cells where 2"),
      ])
    func foreign(text: String, message: String) throws {
      try withFolder { folder in
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/t.csv"))
        let error = #expect(throws: CSVFileError.self) { try CSVTable(folder + "/t.csv") }
        #expect(error?.description.contains(message) == true, "\(String(describing: error))")
      }
    }

    private static var baseline: Baseline {
      let turns = (0..<12).map { Turn(nanoseconds: 1000 + Double($0), iterations: 9) }
      return Baseline(
        utc: "2026-01-01T00:00:00Z", revision: "abc1234",
        fingerprint: Fingerprint(
          processor: "p", instructionSet: "AVX2", processors: 2, threads: 2, build: "release"),
        libraries: ["oneDNN": "2.6.3"],
        entries: [
          .init(Series("b", turns: turns), isControl: false, counters: ["plan_steps": 12]),
          .init(Series("control/a", turns: turns), isControl: true, counters: [:]),
        ])
    }

    @Test("A baseline is read back as it was saved, listed, and removed")
    func baselines() throws {
      try withFolder { folder in
        let store = BaselineStore(folder + "/baselines")
        #expect(store.names == [])
        try store.save(Self.baseline, as: "main")
        #expect(try store.load("main") == Self.baseline)
        #expect(store.names == ["main"])
        try store.remove("main")
        #expect(store.names == [])
        #expect(throws: Baseline.Failure.self) { try store.remove("main") }
        #expect(throws: Baseline.Failure.self) { try store.save(Self.baseline, as: "../x") }
      }
    }

    @Test("A baseline that was tampered with is refused in a line that says why")
    func damaged() throws {
      try withFolder { folder in
        let store = BaselineStore(folder)
        try store.save(Self.baseline, as: "main")
        let path = try store.path("main")
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        func error(_ text: String) throws -> String {
          try Data(text.utf8).write(to: URL(fileURLWithPath: path))
          let error = #expect(throws: Baseline.Failure.self) { try store.load("main") }
          return error?.description ?? ""
        }
        #expect(try error(String(whole.prefix(whole.count / 2))).contains("is cut off"))
        #expect(try error("").contains("is cut off"))
        let other = whole.replacing("\"schema\" : 1", with: "\"schema\" : 2")
        #expect(try error(other).contains("has schema 2, this program reads 1"))
        let renamed = whole.replacing("\"control/a\"", with: "\"b\"")
        #expect(try error(renamed).contains("holds \"b\" twice"))
        let negative = whole.replacing("1003", with: "-1003")
        #expect(try error(negative).contains("took -1003.0 ns"))
        let words = whole.replacing("\"iterations\" : 9", with: "\"iterations\" : \"nine\"")
        #expect(try error(words).contains("entries.[0].series.turns.[0].iterations"))
        let missing = whole.replacing("\"utc\"", with: "\"when\"")
        #expect(try error(missing).contains("has no `utc`"))
        #expect(try error(negative).contains("`bench baseline save main` makes it anew"))
      }
    }

    @Test("A baseline of counters alone is one, and says nothing of times")
    func countersAlone() throws {
      try withFolder { folder in
        let store = BaselineStore(folder)
        let known = Self.baseline
        let baseline = Baseline(
          utc: known.utc, revision: nil, fingerprint: known.fingerprint, libraries: [:],
          entries: [.init(Series("b"), isControl: false, counters: ["plan_steps": 12])])
        try store.save(baseline, as: "counters")
        let series = known.entries[0].series
        let comparison = Comparison.with(
          try store.load("counters"), [series], counters: ["b": ["plan_steps": 12]],
          libraries: [:], policy: Policy()
        ).comparison
        #expect(comparison.verdicts.isEmpty && comparison.changes.isEmpty)
        #expect(comparison.exitStatus() == .nothingCompared)
      }
    }

    @Test("An unknown baseline names those there are")
    func unknown() throws {
      try withFolder { folder in
        let store = BaselineStore(folder)
        try store.save(Self.baseline, as: "main")
        let error = #expect(throws: Baseline.Failure.self) { try store.load("mian") }
        #expect(error?.description.contains("there are main") == true)
      }
    }

    @Test("Fresh series are judged against a baseline, and counters with tolerance 0")
    func check() {
      func comparison(_ factor: Double, control: Double = 1, steps: Int = 12) -> Comparison {
        func series(_ id: String, _ factor: Double) -> Series {
          Series(
            id,
            turns: (0..<30).map {
              Turn(nanoseconds: (1004 + Double($0 % 5)) * factor, iterations: 9)
            })
        }
        return Comparison.with(
          Self.baseline, [series("b", factor), series("control/a", control)],
          counters: ["b": ["plan_steps": steps]], libraries: ["oneDNN": "2.6.3"],
          policy: Policy()
        ).comparison
      }
      #expect(comparison(1).exitStatus() == .success)
      #expect(comparison(1).verdicts[0].outcome == .equivalent)
      #expect(comparison(1.1).exitStatus() == .regression)
      #expect(comparison(0.8).verdicts[0].outcome == .improved)
      #expect(comparison(1, control: 1.1).exitStatus() == .void)
      let changed = comparison(1, steps: 13)
      #expect(changed.exitStatus() == .regression)
      #expect(changed.changes["b"]?.map(\.description) == ["plan_steps 12 → 13"])
    }

    @Test("Counters that depend on a library are compared for the same version only")
    func libraries() {
      func changes(_ version: String) -> Bool {
        let series = Series("b", turns: Self.baseline.entries[0].series.turns)
        return Comparison.with(
          Self.baseline, [series], counters: ["b": ["plan_steps": 13]],
          dependent: ["plan_steps"], libraries: ["oneDNN": version], policy: Policy()
        ).comparison.changes.isEmpty
      }
      #expect(!changes("2.6.3"))
      #expect(changes("3.1"))
    }

    @Test("What only one of both has is listed")
    func onlyOne() {
      let result = Comparison.with(
        Self.baseline, [], counters: ["new": [:]], libraries: [:], policy: Policy())
      #expect(result.added == ["new"])
      #expect(result.removed == ["b"])
      #expect(result.comparison.exitStatus() == .nothingCompared)
    }

    @Test("Fingerprints tell in what they differ")
    func fingerprints() {
      var other = Self.baseline.fingerprint
      #expect(other.differences(from: Self.baseline.fingerprint) == [])
      other.threads = 4
      #expect(other.differences(from: Self.baseline.fingerprint) == ["threads 2 ≠ 4"])
      #expect(Fingerprint.current(threads: 1, build: "debug").processors >= 1)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("benchmarking-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try body(folder)
    }
  }
}
