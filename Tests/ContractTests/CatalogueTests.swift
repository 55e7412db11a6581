import Foundation
import NeuronikaGraphs
import Testing

@Suite struct CatalogueTests {
  /// The Swift files of a folder of the package, with their contents.
  private static func sources(in folder: String) throws -> [(file: String, text: String)] {
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = package.appending(path: folder).resolvingSymlinksInPath()
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
      ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8))
    }
  }

  /// The types that conform to `Operation`, read from the sources.
  private static func declaredOperations() throws -> Set<String> {
    var names: Set<String> = []
    for (_, text) in try sources(in: "Sources/Graphs/Operations") {
      for match in text.matches(of: /struct (\w+): Operation \{/) {
        names.insert(String(match.output.1))
      }
    }
    return names
  }

  /// What has a suite of its own, because no value is the right one.
  private static let uncontracted: Set = ["RandomUniform"]

  @Test func everyOperationHasAContract() throws {
    let declared = try CatalogueTests.declaredOperations()
      .subtracting(CatalogueTests.uncontracted)
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

  /// What `bench peers --agreement` evaluates.
  private static func compared() throws -> String {
    let machinery: Set = ["Agreement.swift", "Drawing.swift", "Family.swift"]
    return try sources(in: "Bench/Agreement")
      .filter { !machinery.contains($0.file) }.map(\.text).joined()
  }

  @Test func everyOperationIsComparedWithPeers() throws {
    let compared = try CatalogueTests.compared()
    for (file, text) in try CatalogueTests.sources(in: "Sources/Graphs/Operations") {
      for match in text.matches(of: /public (?:static )?(?:prefix )?func `?(\w+|[^\s(`\w]+)/) {
        let name = match.output.1
        let calls = [".\(name)(", " \(name)(", " \(name) "]
        #expect(calls.contains { compared.contains($0) }, "\(name) in \(file)")
      }
    }
  }

  @Test func everythingThatLearnsIsComparedWithPeers() throws {
    let declarations: [(folder: String, Regex<(Substring, Substring)>)] = [
      ("NN/Layers", /public struct (\w+)[^{]*: (?:Layer|Module)\b/),
      ("NN/Losses", /public func (\w+)/),
      ("Optim/Optimizers", /public final class (\w+)\b/),
      ("Optim/Penalties", /public struct (\w+): Penalty/),
      ("Optim/Schedules", /public final class (\w+)/),
    ]
    // It does whatever it is given.
    let uncompared: Set<Substring> = ["Function"]
    let compared = try CatalogueTests.compared()
    for (folder, declaration) in declarations {
      var names: Set<Substring> = []
      for (_, text) in try CatalogueTests.sources(in: "Sources/" + folder) {
        names.formUnion(text.matches(of: declaration).map(\.output.1))
      }
      #expect(!names.isEmpty, "nothing was found in \(folder)")
      for name in names.subtracting(uncompared) {
        #expect(compared.contains(try Regex("\\b\(name)\\(")), "\(name) in \(folder)")
      }
    }
  }

  @Test func noPlanRunsASpecification() throws {
    for folder in ["Sources/Execution", "Sources/Variables"] {
      for (file, text) in try CatalogueTests.sources(in: folder)
      where file != "ReferenceExecutor.swift" {
        #expect(!text.contains(".specification("), "\(file)")
      }
    }
    for (file, text) in try CatalogueTests.sources(in: "Sources/Execution")
    where file != "ReferenceExecutor.swift" {
      #expect(!text.contains("ReferenceExecutor."), "\(file)")
    }
  }

  @Test func labelsOfSamplesAreUnique() {
    // They seed the samples' numbers and name the failures.
    let labels = contracts.flatMap { $0.samples.map(\.label) }
    let twice = Dictionary(grouping: labels) { $0 }.filter { $0.value.count > 1 }.keys
    #expect(twice.isEmpty)
  }
}
