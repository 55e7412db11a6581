import Foundation
import NeuronikaGraphs
import Testing

/// What random graphs may leave out: nothing.
@Suite struct CatalogueTests {
  @Test func randomGraphsHaveEveryOperationAndEveryMethod() throws {
    var (operations, methods) = (Set<String>(), Set<String>())
    for seed in 0..<1500 as Range<UInt64> {
      let graph = RandomGraph.random(seed: seed &+ 31)
      operations.formUnion(operationNames(topologicalOrder(of: graph.withGradients())))
      for item in graph.items {
        if case .step(let move, _) = item.source { methods.insert(move.name) }
      }
    }
    // Methods of other rooms.
    methods.subtract(["Derivatives", "Detach"])

    var (declared, files) = (Set<String>(), Set<String>())
    for (file, text) in try operationSources() {
      for match in text.matches(of: /struct (\w+): Operation \{/) {
        declared.insert(String(match.output.1))
      }
      if text.contains(#/public (static )?(prefix )?func/#) { files.insert(file) }
    }
    #expect(declared.count > 80)
    #expect(declared.subtracting(operations).isEmpty, "operations that no random graph has")
    #expect(operations.subtracting(declared).isEmpty, "operations that stand elsewhere")
    #expect(files.subtracting(methods).isEmpty, "methods that no random graph calls")
    #expect(methods.subtracting(files).isEmpty, "moves named after no file")
  }

  /// The files of all operations, without their extension, and their contents.
  private func operationSources() throws -> [(file: String, text: String)] {
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = package.appending(path: "Sources/Graphs/Operations").resolvingSymlinksInPath()
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
      ($0.deletingPathExtension().lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
    }
  }
}
