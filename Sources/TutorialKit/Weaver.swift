import Foundation
import NeuronikaHashing

/// Writes everything that is made from the events of a run into its folder.
package struct Weaver {
  package let directory: String

  package init(directory: String) { self.directory = directory }

  package struct Result {
    package var document: Document
    package var markdown: String
    package var warnings: [String]
    /// What `--check` fails for, besides values and words.
    package var problems: [Document.Problem]
  }

  /// - Parameter current: the tutorial's source as it is now.
  package func weave(current: String?) throws(NotebookError) -> Result {
    let document = Document(records: try records(), current: current)
    let name = document.header.name
    let base = "\(directory)/\(name)"
    let math = MathML()
    let page = HTMLWriter(document, directory: directory, math: math)
    if !document.files.isEmpty {
      try? FileManager.default.createDirectory(
        atPath: directory + "/outputs", withIntermediateDirectories: true)
    }
    for file in document.files { try save(file.text, "\(directory)/\(file.path)") }
    let markdown = MarkdownWriter(document).text()
    try save(markdown, base + ".md")
    try save(page.text(), base + ".html")
    let problems = document.problems + page.problems
    let notebook = JupyterWriter(document, directory: directory, html: page.html)
    try save(notebook.text(), base + ".ipynb")
    try save(
      table("name,value", document.metrics.map { "\(csvField($0.name)),\(exactly($0.value))" }),
      directory + "/metrics.csv")
    try save(
      table("step,epoch,split,loss,accuracy,learning_rate", document.history),
      directory + "/history.csv")
    try save(
      table("name,seconds", document.timings.map { "\(csvField($0.name)),\(exactly($0.seconds))" }),
      directory + "/timing.csv")
    return Result(
      document: document, markdown: markdown, warnings: math.warnings, problems: problems)
  }

  private func table(_ header: String, _ rows: [String]) -> String {
    ([header] + rows).joined(separator: "\n") + "\n"
  }

  private func records() throws(NotebookError) -> [Record] {
    let path = directory + "/events.jsonl"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw NotebookError("\(path) is missing: \(directory) holds no run of a tutorial.")
    }
    var records: [Record] = []
    // Whoever was killed while writing leaves a line without an end.
    let end = data.lastIndex(of: UInt8(ascii: "\n")) ?? data.startIndex
    for (number, line) in data[..<end].split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let record = try? JSON.decode(Record.self, from: Data(line)) else {
        throw NotebookError("\(path):\(number + 1) is not an event of a tutorial.")
      }
      records.append(record)
    }
    if case .ended? = records.last?.event { return records }
    return records + [Record(.ended(status: 128 + SIGKILL))]
  }
}

/// Where, when and with what a run took place: `provenance.json`.
package struct Provenance: Codable {
  package var tutorial: String
  /// 0 for a complete run.
  package var status: Int32
  package var seed: UInt64
  package var arguments: [String]
  package var settings: [String: String]
  /// SHA-256 by name.
  package var data: [String: String]
  /// SHA-256 over the Swift and C sources of the package.
  package var source: String
  package var toolchain: String
  package var cpu: String
  package var cores: Int
  package var threads: Int?
  package var started: String
  package var seconds: Double
  // swift-format-ignore: AlwaysUseLowerCamelCase
  package var train_seconds: Double?

  package init(
    document: Document, arguments: [String], threads: Int?, package: String?, started: Date
  ) {
    tutorial = document.header.name
    status = document.status
    seed = document.header.seed
    self.arguments = arguments
    settings = document.header.settings
    data = Dictionary(document.data.map { ($0.name, $0.sha256) }, uniquingKeysWith: { $1 })
    source = package.map(Self.hash) ?? "unknown"
    toolchain =
      output(of: "swift --version")?.split(separator: "\n").first.map(String.init)
      ?? "unknown"
    let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    cpu =
      processors.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    cores = ProcessInfo.processInfo.activeProcessorCount
    self.threads = threads
    self.started = ISO8601DateFormatter().string(from: started)
    seconds = Date().timeIntervalSince(started)
    train_seconds = document.timings.last { $0.name == "train" }?.seconds
  }

  private static func hash(_ package: String) -> String {
    let root = URL(fileURLWithPath: package + "/Sources").resolvingSymlinksInPath()
    guard let files = FileManager.default.enumerator(atPath: root.path) else { return "unknown" }
    let sources = files.compactMap { $0 as? String }
      .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") || $0.hasSuffix(".h") }.sorted()
    var all: [UInt8] = []
    for file in sources {
      all += Array("\(file)\0".utf8)
      all += FileManager.default.contents(atPath: "\(root.path)/\(file)") ?? Data()
    }
    return sha256(all)
  }
}
