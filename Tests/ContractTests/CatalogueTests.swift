import Foundation
import NeuronikaGraphs
import Testing

@Suite struct CatalogueTests {
  /// The types that conform to `Operation`, read from the sources.
  private static func declaredOperations() throws -> Set<String> {
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = package.appending(path: "Sources/Graphs/Operations").resolvingSymlinksInPath()
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var names: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let source = try String(contentsOf: file, encoding: .utf8)
      for match in source.matches(of: /struct (\w+): Operation \{/) {
        names.insert(String(match.output.1))
      }
    }
    return names
  }

  @Test func everyOperationHasAContract() throws {
    let declared = try CatalogueTests.declaredOperations()
    #expect(declared.count > 20)
    let covered = Set(contracts.flatMap(\.covers))
    #expect(declared.subtracting(covered).isEmpty, "operations without a contract")
    #expect(covered.subtracting(declared).isEmpty, "contracts of operations that don't exist")
  }

  @Test(arguments: contracts)
  func aContractUsesEveryOperationItCovers(_ contract: Contract) {
    var used: Set<String> = []
    for sample in contract.samples where sample.count < 1000 {
      let output = sample.build(sample.leaves())
      for node in topologicalOrder(of: [output.node]) {
        used.insert(String(describing: type(of: node.operation)))
      }
    }
    #expect(contract.covers.subtracting(used).isEmpty)
  }

  @Test func labelsOfSamplesAreUnique() {
    // They seed the samples' numbers and name the failures.
    let labels = contracts.flatMap { $0.samples.map(\.label) }
    let twice = Dictionary(grouping: labels) { $0 }.filter { $0.value.count > 1 }.keys
    #expect(twice.isEmpty)
  }
}
