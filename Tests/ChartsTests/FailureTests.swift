import Foundation
import NeuronikaCharts
import Testing

extension ChartsTests {
  @Suite("When drawing fails")
  struct Failures {
    private func figure() -> Figure {
      var figure = Figure(title: "t")
      figure.panel(xLabel: "x", yLabel: "y") { $0.points([1.0, 2], [1.0, 2]) }
      return figure
    }

    private func error(of fake: String, timeLimit: Duration = .seconds(20)) throws -> ChartError? {
      try withFolder { folder in
        let gnuplot = try fakeGnuplot(fake, in: folder, timeLimit: timeLimit)
        let out = folder.appendingPathComponent("out")
        // The picture of an earlier run doesn't show these data.
        try FileManager.default.createDirectory(at: out, withIntermediateDirectories: true)
        try Data("old".utf8).write(to: out.appendingPathComponent("f.png"))
        let error = #expect(throws: ChartError.self) {
          try figure().write(to: out, name: "f", gnuplot: gnuplot)
        }
        #expect(try names(in: out) == ["f.csv", "f.gp"])
        return error
      }
    }

    @Test("gnuplot's own message reaches the caller, and no half picture stays")
    func message() throws {
      let error = try error(
        of: "printf half > f.png.tmp; echo '     ^' >&2; echo 'line 3: no such thing' >&2; exit 1")
      #expect(error?.description.contains("out/f.gp: line 3: no such thing") == true)
    }

    @Test("A status without a message is told")
    func status() throws {
      #expect(try error(of: "exit 7")?.description.hasSuffix("it exited with status 7") == true)
    }

    @Test("A killed gnuplot is told")
    func killed() throws {
      #expect(try error(of: "kill -9 $$")?.description.contains("killed by signal 9") == true)
    }

    @Test(
      "What is no PNG image isn't taken for one",
      arguments: [
        ":", ": > f.png.tmp", "echo no picture at all > f.png.tmp",
        #"printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\7' > f.png.tmp"#,
      ])
    func notAnImage(fake: String) throws {
      let error = try error(of: fake + "; echo warning: odd >&2")
      #expect(error?.description.hasSuffix("wrote no PNG image: warning: odd") == true)
    }

    @Test("A gnuplot that doesn't end is killed with its children")
    func timeLimit() throws {
      let error = try error(
        of: "printf half > f.png.tmp; sleep 300 & wait", timeLimit: .milliseconds(300))
      guard case .gnuplotTimedOut(let script, let seconds) = error else {
        Issue.record("\(String(describing: error)) is no timeout")
        return
      }
      #expect(script.hasSuffix("f.gp"))
      #expect(seconds == 0.3)
    }

    @Test("gnuplot gets relative names, LC_ALL=C and an empty standard input, in the folder")
    func environment() throws {
      let error = try error(
        of: "cat; echo $LC_ALL \"$@\" $(basename \"$PWD\"); exit 1")
      #expect(error?.description.hasSuffix("C -d -e image = 'f.png.tmp' f.gp out") == true)
    }

    @Test("Endless output doesn't stall gnuplot, and its message stays short")
    func longOutput() throws {
      let error = try error(of: "head -c 3000000 /dev/zero | tr '\\0' x >&2; exit 1")
      #expect(error.map { $0.description.count < 5000 } == true)
    }

    @Test("Without gnuplot the figure is skipped, with the package to install, and kept")
    func missing() throws {
      try withFolder { folder in
        let gnuplot = Gnuplot(executable: "/nowhere/gnuplot")
        let files = try figure().write(to: folder, name: "f", gnuplot: gnuplot)
        guard case .skipped(let reason) = files.rendering else {
          Issue.record("\(files.rendering)")
          return
        }
        #expect(reason.contains("gnuplot-nox"))
        #expect(!reason.contains("\n"))
        #expect(files.image == nil)
        #expect(try names(in: folder) == ["f.csv", "f.gp"])
      }
    }

    @Test("A folder that can't be made is told with its path")
    func folder() throws {
      try withFolder { folder in
        let file = folder.appendingPathComponent("file")
        try Data().write(to: file)
        let error = #expect(throws: ChartError.self) {
          try figure().write(to: file.appendingPathComponent("below"), name: "f")
        }
        #expect(error?.description.contains(file.path) == true)
        let imageError = #expect(throws: ChartError.self) {
          try Image(width: 1, height: 1).write(to: file.appendingPathComponent("i.png"))
        }
        #expect(imageError?.description.contains(file.path) == true)
      }
    }
  }

  @Suite("Programming mistakes stop with a sentence")
  struct Mistakes {
    private static func message(
      _ result: ExitTest.Result?
    ) -> String {
      String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test("x and y of different lengths")
    func lengths() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        var figure = Figure(title: "t")
        figure.panel(xLabel: "x", yLabel: "y") { $0.line([1.0, 2, 3], [1.0]) }
      }
      #expect(Mistakes.message(result).contains("panel.line: x has 3 values, but y has 1"))
    }

    @Test("A name that would lead out of the folder")
    func name() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        try Figure(title: "t").write(to: "/tmp", name: "a/../b")
      }
      #expect(Mistakes.message(result).contains("can't name a figure"))
    }

    @Test("An image whose bytes can't be counted")
    func size() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = Image(width: Int.max / 2, height: 4)
      }
      #expect(Mistakes.message(result).contains("too many"))
    }

    @Test("A confusion matrix that isn't square")
    func square() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = Figure.confusionMatrix([[1, 2], [3]])
      }
      #expect(Mistakes.message(result).contains("row 1 has 1"))
    }
  }
}
