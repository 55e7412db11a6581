import Foundation
import NeuronikaGraphs
import NeuronikaTensors
import NeuronikaVariables
import Testing

/// Graphs as pictures.
@Suite struct DrawingTests {
  /// Runs a closure with a folder of its own, and deletes that.
  private static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "drawing-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private static var hasGraphviz: Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: $0 + "/dot")
    }
  }

  private static func network() -> VarDiff {
    let weight = Var(random([4, 3])).requiresGrad()
    let bias = Var.zeros(3).requiresGrad()
    (weight.name, bias.name) = ("hidden.weight", "a<b>&c")
    return ((Var(random([5, 4])).mm(weight) + bias).relu() * 0.5).sum(axes: 1).mean()
  }

  @Test func operationsLeavesAndNumbersAreTold() {
    let text = DrawingTests.network().dot()
    #expect(text.hasPrefix("digraph {") && text.hasSuffix("}\n"))
    for part in [
      "<b>hidden.weight</b>", "[4, 3]", "<b>a&lt;b&gt;&amp;c</b>", "<b>mm</b>", "· <b>*</b> 0.5",
      "axes 1", "left out",
    ] {
      #expect(text.contains(part) == (part != "left out"), "\(part)")
    }
    // 3 leaves, 6 operations; the number 0.5 is no node.
    #expect(text.matches(of: /\n  n\d+ \[label/).count == 9)
    #expect(text.matches(of: /n\d+ -> n\d/).count == 8)
  }

  @Test func rolesAndHandlesAreTold() throws {
    let x = Var.ones(2)
    let w = Var.ones(2).requiresGrad()
    let held = x + 1
    let y = (held * 2) * w
    let lines = y.dot().split(separator: "\n")
    func line(_ part: String) throws -> String {
      String(try #require(lines.first { $0.contains(part) && $0.contains("label") }))
    }
    #expect(try line("· <b>+</b> 1").contains("penwidth=2.4"))
    #expect(try line("· <b>*</b> 2").contains("penwidth=0.9"))
    #expect(try line("<b>*</b> <font").contains("#dce9fb"))
    #expect(try line("· <b>+</b> 1").contains("#eef0f2"))
    withExtendedLifetime((x, w, held, y)) {}
  }

  @Test func aLongGraphIsCutAndSaysSo() {
    var y = Var.ones(2).requiresGrad() + 1
    for _ in 0..<100_000 { y = y + 1 }
    let text = y.dot(limit: 10)
    #expect(text.matches(of: /\n  n\d+ \[label/).count == 10)
    #expect(text.contains("⋯ 99992 variables left out"))
    #expect(text.contains("label=\"⋯\""))
  }

  @Test func anOperandThatIsThereTwiceHasTwoArrows() {
    let x = Var.ones(2)
    #expect((x * x).dot().matches(of: /n1 -> n0\n/).count == 2)
    #expect(x.dot().contains("n0 [label"))
  }

  @Test func theTextIsWritten() throws {
    let y = DrawingTests.network()
    try DrawingTests.withFolder { folder in
      let path = folder + "/graph.dot"
      try y.writeGraph(to: path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == y.dot())
    }
  }

  @Test(.enabled(if: DrawingTests.hasGraphviz)) func graphvizDrawsWhatIsWritten() throws {
    let y = DrawingTests.network()
    try DrawingTests.withFolder { folder in
      try y.writeGraph(to: folder + "/graph.svg")
      try y.writeGraph(to: folder + "/graph.png")
      let text = try String(contentsOfFile: folder + "/graph.svg", encoding: .utf8)
      #expect(text.contains("</svg>"))
      let image = try Data(contentsOf: URL(filePath: folder + "/graph.png"))
      #expect(image.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    }
  }

  @Test func whatCannotBeWrittenIsAnError() throws {
    let y = DrawingTests.network()
    #expect(throws: GraphFileError.unknownFormat(path: "graph.doc")) {
      try y.writeGraph(to: "graph.doc")
    }
    #expect(throws: GraphFileError.unknownFormat(path: "a.dot/graph")) {
      try y.writeGraph(to: "a.dot/graph")
    }
    try DrawingTests.withFolder { folder in
      let path = folder + "/missing/graph.svg"
      let reason = "No such file or directory"
      let text = path.replacing(".svg", with: ".dot")
      #expect(throws: GraphFileError.cannotWrite(path: text, reason: reason)) {
        try y.writeGraph(to: path)
      }
    }
  }

  @Test func withoutGraphvizTheTextIsKept() async {
    await #expect(processExitsWith: .success) {
      setenv("PATH", "/nowhere", 1)
      let y = DrawingTests.network()
      var text = ""
      try DrawingTests.withFolder { folder in
        let path = folder + "/graph.svg"
        let error = #expect(throws: GraphFileError.self) { try y.writeGraph(to: path) }
        #expect(error == .graphvizIsMissing(path: path, text: folder + "/graph.dot"))
        text = try String(contentsOfFile: folder + "/graph.dot", encoding: .utf8)
      }
      #expect(text == y.dot())
    }
  }
}
